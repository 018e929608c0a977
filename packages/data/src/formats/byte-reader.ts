/**
 * Reads a file piece by piece into the caller's own buffers, gunzipped on the way where its name ends in .gz, so that
 * a data set is never in memory twice.
 */
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DatasetFormatError } from "./dataset-format-error.js";

const CHUNK_BYTES = 1 << 20;

export class ByteReader {
  readonly path: string;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Uint8Array = new Uint8Array();

  constructor(path: string) {
    this.path = path;
    const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
    // The callback may stay empty: an error of either stream reaches whoever reads the last one.
    this.#stream = path.endsWith(".gz")
      ? pipeline(file, createGunzip({ chunkSize: CHUNK_BYTES }), () => {})
      : file;
    this.#chunks = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /**
   * Fills `target` from where the last call ended.
   * @returns the number of bytes written, fewer than asked for only at the end of the file.
   * @throws {DatasetFormatError} if a .gz file is damaged.
   */
  async fill(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length && (await this.#hasBytes())) {
      const part = this.#rest.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled;
  }

  /** @throws {DatasetFormatError} if a .gz file is damaged. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#hasBytes());
  }

  close(): void {
    this.#stream.destroy();
  }

  async #hasBytes(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next().catch((cause: NodeJS.ErrnoException) => {
        if (!cause.code?.startsWith("Z_")) throw cause;
        throw new DatasetFormatError(`Expected gzip in ${this.path}. Received: ${cause.message}.`, { cause });
      });
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}
