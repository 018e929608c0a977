/** Tiny data sets in the formats of the large ones. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export function encodeIdx(dimensions: readonly number[], values: Iterable<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 0x08, dimensions.length]);
  dimensions.forEach((dimension, i) => header.writeUInt32BE(dimension, 4 + 4 * i));
  return Buffer.concat([header, Uint8Array.from(values)]);
}

/** Pictures of 2×3 pixels; pixel p of picture n of the k-th split is (100 k + 6 n + p) mod 256. */
export async function writeIdxFolder(
  folder: string,
  labels: Readonly<Record<string, readonly number[]>>,
  { gzip = false } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [k, [prefix, splitLabels]] of Object.entries(labels).entries()) {
    const count = splitLabels.length;
    const pixels = Array.from({ length: count * 6 }, (_, i) => (100 * k + i) % 256);
    const files = {
      [`${prefix}-images-idx3-ubyte`]: encodeIdx([count, 2, 3], pixels),
      [`${prefix}-labels-idx1-ubyte`]: encodeIdx([count], splitLabels),
    };
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(join(folder, gzip ? `${name}.gz` : name), gzip ? gzipSync(bytes) : bytes);
    }
  }
  return folder;
}

/** Value of channel c of pixel p (row-major) of picture n. */
function cifarValue(n: number, p: number, c: number): number {
  return (31 * n + 7 * p + 85 * c) % 256;
}

/** Records with `cifarValue`'s planes; picture numbers count from `first`. */
export function encodeCifar(labels: readonly number[], first = 0): Buffer {
  return Buffer.concat(
    labels.map((label, i) =>
      Uint8Array.from({ length: 3073 }, (_, at) =>
        at === 0 ? label : cifarValue(first + i, (at - 1) % 1024, Math.floor((at - 1) / 1024)),
      ),
    ),
  );
}

/** The same pictures as `encodeCifar`, NHWC. */
export function cifarPixels(count: number, first = 0): Uint8Array {
  return Uint8Array.from({ length: count * 3072 }, (_, at) =>
    cifarValue(first + Math.floor(at / 3072), Math.floor((at % 3072) / 3), at % 3),
  );
}
