/**
 * The IDX format of MNIST: two zero bytes, the element type, the number of dimensions, the dimensions as big-endian
 * uint32, then the elements. http://yann.lecun.com/exdb/mnist/ ("The IDX file format"). Only uint8 is read.
 */
import { stat } from "node:fs/promises";
import { ByteReader } from "./byte-reader.js";
import { DatasetFormatError } from "./dataset-format-error.js";

const UINT8 = 0x08;
/** Deflate cannot shrink further (zlib, "Maximum Compression Factor"), so a header that claims more lies. */
const HIGHEST_GZIP_RATIO = 1032;

export interface IdxArray {
  readonly dimensions: readonly number[];
  /** In shared memory, row-major. */
  readonly values: Uint8Array<SharedArrayBuffer>;
}

/**
 * @param path the file, gzipped if its name ends in .gz.
 * @throws {DatasetFormatError} if it is no IDX file of uint8, is cut short, or goes on after its last element.
 */
export async function readIdxFile(path: string): Promise<IdxArray> {
  const { size: sizeBytes } = await stat(path);
  const reader = new ByteReader(path);
  try {
    const dimensions = await readDimensions(reader);
    const expected = dimensions.reduce((product, dimension) => product * dimension, 1);
    if (expected > sizeBytes * HIGHEST_GZIP_RATIO) {
      throw wrongContent(path, `${sizeBytes} bytes for the dimensions ${dimensions.join(" × ")}`);
    }
    const values = new Uint8Array(new SharedArrayBuffer(expected));
    const received = await reader.fill(values);
    if (received < expected || !(await reader.isAtEnd())) {
      const what = received < expected ? `only ${received}` : "more";
      throw new DatasetFormatError(
        `Expected ${expected} values (${dimensions.join(" × ")}) after the header of ${path}. Received: ${what}. ` +
          `The file is damaged; fetch it again.`,
      );
    }
    return { dimensions, values };
  } finally {
    reader.close();
  }
}

async function readDimensions(reader: ByteReader): Promise<number[]> {
  const magic = new Uint8Array(4);
  const count = (await reader.fill(magic)) === 4 ? (magic[3] as number) : 0;
  if (magic[0] !== 0 || magic[1] !== 0 || magic[2] !== UINT8 || count === 0) {
    throw wrongContent(
      reader.path,
      `the first bytes ${[...magic].map((byte) => byte.toString(16)).join(" ")}`,
    );
  }
  const sizes = new Uint8Array(4 * count);
  if ((await reader.fill(sizes)) < sizes.length) throw wrongContent(reader.path, "a header cut short");
  const view = new DataView(sizes.buffer);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i));
}

function wrongContent(path: string, received: string): DatasetFormatError {
  return new DatasetFormatError(
    `Expected an IDX file of unsigned bytes (00 00 08, then the number of dimensions) at ${path}. Received: ${received}.`,
  );
}
