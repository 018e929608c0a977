/** A clone of a repository made without Git LFS has small texts in place of its large files. */

const POINTER = "version https://git-lfs.github.com/spec/";

/** @returns what to do, or null if the bytes begin no such text (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
export function lfsPointerHint(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, POINTER.length)).toString("latin1");
  return start === POINTER ? "a pointer of Git LFS. Run `git lfs pull` in its repository" : null;
}
