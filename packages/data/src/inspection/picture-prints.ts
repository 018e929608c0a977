/**
 * A small grey copy of every picture and the hash of its bytes: what duplicates are found by. Those of files are kept, so
 * that a second inspection decodes only what is new.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { resize, toGrey } from "@convkit/transforms";
import type { DatasetSplit, PictureFile } from "../dataset-split.js";
import { indexPath } from "../index-file.js";
import { mapConcurrently } from "../map-concurrently.js";
import { decodeGrey } from "../pictures/decode-image.js";
import { HASHED_EDGE } from "../pictures/perceptual-hash.js";
import { picturesPerRead } from "../pictures/read-pixels.js";
import type { ProgressListener } from "../progress.js";
import { replaceFile } from "../replace-file.js";

/** Bytes of a print: uint8 [32, 32], grey. */
export const PRINT_BYTES = HASHED_EDGE * HASHED_EDGE;

const SHA256_BYTES = 32;
const RECORD_BYTES = SHA256_BYTES + PRINT_BYTES;
/** Pictures are decoded on libuv's threads. */
const CONCURRENCY = 8;
/** So many new ones are kept at a time: an inspection that is stopped goes on near where it was. */
const KEPT_AT_ONCE = 5000;

export interface PicturePrints {
  /** Hexadecimal, of the file's bytes or of the decoded pixels of a picture that is no file. */
  readonly sha256: readonly string[];
  /** uint8 [count, 32, 32]. */
  readonly grey: Uint8Array;
}

export interface PrintOptions {
  readonly home: string;
  /** What the prints are kept under: the data set's source. */
  readonly source: string;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param splits whose pictures are all files or all in memory.
 * @returns of all pictures of all splits, in their order.
 * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
 */
export async function takePrints(
  splits: readonly DatasetSplit[],
  options: PrintOptions,
): Promise<PicturePrints> {
  const count = splits.reduce((sum, { length }) => sum + length, 0);
  const prints = { sha256: new Array<string>(count), grey: new Uint8Array(count * PRINT_BYTES) };
  if (splits.some(({ source }) => source.kind === "files")) await printFiles(splits, prints, options);
  else await printMemory(splits, prints, options);
  return prints;
}

interface FilledPrints extends PicturePrints {
  readonly sha256: string[];
}

async function printMemory(
  splits: readonly DatasetSplit[],
  { sha256, grey }: FilledPrints,
  { source, onProgress, signal }: PrintOptions,
): Promise<void> {
  const total = sha256.length;
  let done = 0;
  for (const split of splits) {
    const perRead = picturesPerRead(split.imageShape as [number, number, number]);
    for (let start = 0; start < split.length; start += perRead) {
      // Pictures in memory are read at once: signals and timers have a turn of their own.
      await setImmediate();
      signal?.throwIfAborted();
      const positions = Array.from({ length: Math.min(perRead, split.length - start) }, (_, i) => start + i);
      const { images, shape } = await split.readImages(positions);
      const imageBytes = images.length / shape.count;
      for (let i = 0; i < shape.count; i++) {
        const image = images.subarray(i * imageBytes, (i + 1) * imageBytes);
        sha256[done + i] = createHash("sha256").update(image).digest("hex");
      }
      const small = resize(toGrey(images, shape.channels), { ...shape, channels: 1 }, [
        HASHED_EDGE,
        HASHED_EDGE,
      ]);
      grey.set(small, done * PRINT_BYTES);
      done += shape.count;
      onProgress?.({ phase: "compare", what: source, done, total, unit: "files" });
    }
  }
}

async function printFiles(
  splits: readonly DatasetSplit[],
  prints: FilledPrints,
  { home, source, onProgress, signal }: PrintOptions,
): Promise<void> {
  const kept = new KeptPrints(home, source);
  await kept.read();
  const files = splits.flatMap((split) =>
    Array.from(split.ids, (_, position) => split.fileAt(position) as PictureFile),
  );
  const isNew = files.map(({ sha256 }) => !kept.has(sha256));
  const total = isNew.filter(Boolean).length;
  let done = 0;
  await mapConcurrently(files, CONCURRENCY, async ({ location, sha256 }, i) => {
    signal?.throwIfAborted();
    prints.sha256[i] = sha256;
    let print = kept.get(sha256);
    if (print === undefined) {
      print = await decodeGrey(location, HASHED_EDGE);
      kept.set(sha256, print);
    }
    prints.grey.set(print, i * PRINT_BYTES);
    if (isNew[i]) {
      done++;
      onProgress?.({ phase: "compare", what: source, done, total, unit: "files" });
      if (done % KEPT_AT_ONCE === 0) await kept.write();
    }
  }).catch(async (error: unknown) => {
    await kept.write();
    throw error;
  });
  kept.keepOnly(new Set(prints.sha256));
  await kept.write();
}

/** Records of 32 bytes of hash and 1,024 of picture, one after another. What is torn or of another size is not there. */
class KeptPrints {
  readonly #path: string;
  #prints = new Map<string, Uint8Array>();
  #isChanged = false;

  constructor(home: string, source: string) {
    this.#path = indexPath(home, `prints 1\n${source}`, "prints");
  }

  async read(): Promise<void> {
    const bytes = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return new Uint8Array();
      throw error;
    });
    if (bytes.length % RECORD_BYTES !== 0) return;
    for (let start = 0; start < bytes.length; start += RECORD_BYTES) {
      const sha256 = Buffer.from(bytes.subarray(start, start + SHA256_BYTES)).toString("hex");
      this.#prints.set(sha256, bytes.subarray(start + SHA256_BYTES, start + RECORD_BYTES));
    }
  }

  has(sha256: string): boolean {
    return this.#prints.has(sha256);
  }

  get(sha256: string): Uint8Array | undefined {
    return this.#prints.get(sha256);
  }

  set(sha256: string, print: Uint8Array): void {
    this.#prints.set(sha256, print);
    this.#isChanged = true;
  }

  keepOnly(wanted: ReadonlySet<string>): void {
    const before = this.#prints.size;
    this.#prints = new Map([...this.#prints].filter(([sha256]) => wanted.has(sha256)));
    this.#isChanged ||= this.#prints.size < before;
  }

  async write(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    const bytes = new Uint8Array(this.#prints.size * RECORD_BYTES);
    let start = 0;
    for (const [sha256, print] of this.#prints) {
      bytes.set(Buffer.from(sha256, "hex"), start);
      bytes.set(print, start + SHA256_BYTES);
      start += RECORD_BYTES;
    }
    await replaceFile(this.#path, bytes);
  }
}
