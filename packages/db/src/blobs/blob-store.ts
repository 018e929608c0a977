/**
 * Bytes under their SHA-256: artifacts and thumbnails. An interface that an object store fits as well as a folder; the
 * database says which blobs are in use, and the store knows nothing of runs.
 */
import type { Readable } from "node:stream";

export interface BlobStore {
  /** @returns null if the blob is not there, or not whole yet. */
  sizeOf(sha256: string): Promise<number | null>;
  /** Bytes of an unfinished upload that are there: where it goes on. */
  receivedBytes(sha256: string): Promise<number>;
  /**
   * Appends to an upload, and makes it the blob when it is whole and its hash is right.
   * @throws {BlobOffsetError} if `offset` is not what `receivedBytes` says.
   * @throws {BlobHashError} if the whole has another hash; the upload is then gone.
   */
  receive(sha256: string, bytes: Readable, part: BlobPart): Promise<"incomplete" | "complete">;
  /** Takes a file in, which stays where it is. @throws {BlobHashError} */
  addFile(sha256: string, path: string): Promise<void>;
  /** @throws {BlobNotFoundError} */
  read(sha256: string, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  /** Nothing happens if it is not there. */
  delete(sha256: string): Promise<void>;
  /** Every whole blob, and every unfinished upload that nobody has written to for a day is deleted. */
  sweep(): Promise<string[]>;
}

export interface BlobPart {
  readonly offset: number;
  /** Of the whole blob. */
  readonly totalBytes: number;
}

export class BlobNotFoundError extends Error {
  override readonly name = "BlobNotFoundError";
}

/** Bytes whose SHA-256 is not the one they were announced under. */
export class BlobHashError extends Error {
  override readonly name = "BlobHashError";
}

/** A part of an upload that does not follow on what is there. */
export class BlobOffsetError extends Error {
  override readonly name = "BlobOffsetError";

  constructor(
    message: string,
    /** Where the upload goes on. */
    readonly receivedBytes: number,
  ) {
    super(message);
  }
}
