/**
 * Where the encoded bytes of one picture lie: a file of its own, or a part of a larger one. Plain data, which worker
 * threads are handed.
 */
import { open, readFile } from "node:fs/promises";
import { resolve } from "node:path";

export type PictureLocation = string | FileRange;

/** Bytes `offset` … `offset + length - 1` of a file. */
export interface FileRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface LocatedPicture {
  /** Relative to a folder, or absolute; where there is a range, its name in what lists it. */
  readonly path: string;
  /** Where it is no file of its own. */
  readonly range?: FileRange | undefined;
}

export const locate = (folder: string, { path, range }: LocatedPicture): PictureLocation =>
  range ?? resolve(folder, path);

/** The bound of Node's own `readFile`. */
const MOST_BYTES = 2 ** 31 - 1;

export const fileOf = (location: PictureLocation): string =>
  typeof location === "string" ? location : location.file;

/**
 * The file is open no longer than this takes: pictures of a thousand shards need no thousand handles.
 * @throws {Error} if it cannot be read, or ends before the range does.
 */
export async function readPicture(location: PictureLocation): Promise<Buffer> {
  if (typeof location === "string") return readFile(location);
  const { file, offset, length } = location;
  if (length > MOST_BYTES)
    throw new Error(`${length} bytes are more than a picture may have (${MOST_BYTES})`);
  const bytes = Buffer.allocUnsafeSlow(length);
  const handle = await open(file);
  try {
    for (let filled = 0; filled < length;) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw new Error(`${file} ends before the picture at byte ${offset} does`);
      filled += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return bytes;
}

/** What the decoder is handed: it reads whole files itself, on its own threads. */
export async function decoderInput(picture: PictureLocation | Uint8Array): Promise<string | Uint8Array> {
  return typeof picture === "string" || picture instanceof Uint8Array ? picture : readPicture(picture);
}

export async function encodedBytes(picture: PictureLocation | Uint8Array): Promise<Uint8Array> {
  return picture instanceof Uint8Array ? picture : readPicture(picture);
}
