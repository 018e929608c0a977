/**
 * The entries of a zip archive whose contents lie in it as they are, uncompressed: so PyTorch writes its files.
 * PKWARE's APPNOTE, §4.3 and §4.5.3 (Zip64), https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { PretrainedWeightsError } from "../errors.js";

const END = 0x06054b50;
const END_BYTES = 22;
const MOST_COMMENT_BYTES = 0xffff;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const ENCRYPTED = 1;
/** Stands where a number needs 64 bits, which then lie in the entry's extra field 1. */
const TOO_LARGE = 0xffffffff;
const ZIP64_EXTRA = 1;

type Entry = { name: string; sizeBytes: number; localOffset: number; next: number };

/** @returns the contents by name; they share the file's memory. @throws {PretrainedWeightsError} if it is damaged. */
export function readStoredZip(file: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  try {
    const contents = new Map<string, Uint8Array>();
    let { offset, entries } = findDirectory(view);
    for (; entries > 0; entries--) {
      const entry = readEntry(file, view, offset);
      contents.set(entry.name, contentOf(file, view, entry));
      offset = entry.next;
    }
    return contents;
  } catch (error) {
    // What a DataView throws beyond its end.
    if (error instanceof RangeError) throw damaged("offsets outside the file", error);
    throw error;
  }
}

function findDirectory(view: DataView): { offset: number; entries: number } {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) !== END) continue;
    const locator = at - END64_LOCATOR_BYTES;
    if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR) {
      return { entries: view.getUint16(at + 10, true), offset: view.getUint32(at + 16, true) };
    }
    const end64 = uint64(view, locator + 8);
    if (view.getUint32(end64, true) !== END64) throw damaged("no directory where its end says");
    return { entries: uint64(view, end64 + 32), offset: uint64(view, end64 + 48) };
  }
  throw damaged("no directory at its end");
}

function readEntry(file: Uint8Array, view: DataView, offset: number): Entry {
  if (view.getUint32(offset, true) !== ENTRY) throw damaged("an entry of another kind in its directory");
  const nameEnd = offset + ENTRY_BYTES + view.getUint16(offset + 28, true);
  const extraEnd = nameEnd + view.getUint16(offset + 30, true);
  const name = new TextDecoder().decode(file.subarray(offset + ENTRY_BYTES, nameEnd));
  const flags = view.getUint16(offset + 8, true);
  const method = view.getUint16(offset + 10, true);
  if (method !== 0 || flags & ENCRYPTED) {
    throw new PretrainedWeightsError(
      `Expected a file as torch.save writes it, whose parts are not compressed. Received: "${name}", ` +
        `${flags & ENCRYPTED ? "encrypted" : `compressed by method ${method}`}. Give the file itself, not an archive of it.`,
    );
  }
  // In this order, and only those that do not fit their 32 bits.
  const sizes = [view.getUint32(offset + 24, true), view.getUint32(offset + 20, true)];
  const numbers = [...sizes, view.getUint32(offset + 42, true)];
  let at = zip64Extra(view, nameEnd, extraEnd);
  const [sizeBytes, , localOffset] = numbers.map((number) => {
    if (number !== TOO_LARGE || at === null) return number;
    at += 8;
    return uint64(view, at - 8);
  }) as [number, number, number];
  return { name, sizeBytes, localOffset, next: extraEnd + view.getUint16(offset + 32, true) };
}

/** @returns where its numbers begin. */
function zip64Extra(view: DataView, start: number, end: number): number | null {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === ZIP64_EXTRA) return at + 4;
  }
  return null;
}

function contentOf(file: Uint8Array, view: DataView, { name, sizeBytes, localOffset }: Entry): Uint8Array {
  if (view.getUint32(localOffset, true) !== LOCAL) throw damaged(`no "${name}" where its directory says`);
  const lengths = view.getUint16(localOffset + 26, true) + view.getUint16(localOffset + 28, true);
  const start = localOffset + LOCAL_BYTES + lengths;
  if (start + sizeBytes > file.byteLength) throw damaged(`"${name}", which ends behind the file`);
  return file.subarray(start, start + sizeBytes);
}

function uint64(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, true));
}

function damaged(received: string, cause?: unknown): PretrainedWeightsError {
  return new PretrainedWeightsError(
    `Expected a whole zip archive, as torch.save writes it. Received: one with ${received}. Fetch the file again.`,
    { cause },
  );
}
