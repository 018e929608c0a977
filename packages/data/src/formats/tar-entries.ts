/**
 * Where in a tar its files lie. POSIX ustar with pax extended headers
 * (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, "pax Interchange Format") and GNU's long names
 * (https://www.gnu.org/software/tar/manual/html_node/Standard.html). The blocks are decoded by `tar`, whose own parser
 * streams and tells no positions; nothing is unpacked.
 */
import { open, type FileHandle } from "node:fs/promises";
import { Header } from "tar";
import { DatasetFormatError } from "./dataset-format-error.js";
import { lfsPointerHint } from "./lfs-pointer.js";

export interface TarEntry {
  /** As it stands there, without parts that lead nowhere (`/`, `./`). */
  readonly name: string;
  /** false: a link, which has no bytes of its own. */
  readonly isFile: boolean;
  /** Of its bytes in the archive. */
  readonly offset: number;
  readonly length: number;
  /** @throws {Error} if the archive has gone meanwhile. */
  read(): Promise<Buffer>;
}

const BLOCK_BYTES = 512;
/** A header, a label and the next header mostly lie in one piece. */
const PIECE_BYTES = 4096;
/** Of a header that only carries a name. */
const MOST_NAME_BYTES = 1 << 20;

const FILE_TYPES = new Set(["File", "OldFile", "ContiguousFile"]);
const LINK_TYPES = new Set(["Link", "SymbolicLink"]);
/** These have no bytes behind their header, whatever size it says, as other readers take it. */
const BODILESS_TYPES = new Set([...LINK_TYPES, "Directory", "CharacterDevice", "BlockDevice", "FIFO"]);

const PAX_TYPES = new Set(["ExtendedHeader", "OldExtendedHeader"]);
const LONG_NAME_TYPES = new Set(["NextFileHasLongPath", "OldGnuLongPath"]);
const EXTENSION_TYPES = new Set([
  ...PAX_TYPES,
  ...LONG_NAME_TYPES,
  "NextFileHasLongLinkpath",
  "GlobalExtendedHeader",
]);

/**
 * Files and links in their order; folders and devices are passed over. Two entries may have one name.
 * @throws {DatasetFormatError} if it is no tar, damaged, cut, or stores files sparsely.
 */
export async function* tarEntries(path: string): AsyncGenerator<TarEntry> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const archive = new Pieces(handle, size);
    const hint = lfsPointerHint(await archive.read(0, Math.min(size, BLOCK_BYTES)));
    if (hint !== null) throw wrongAt(path, 0, "a tar's header", hint);
    /** What headers before it say of the next entry. */
    let next: Extended = {};
    for (let at = 0; ;) {
      if (at + BLOCK_BYTES > size) {
        throw wrongAt(path, at, "two empty blocks at the end", `the end of the file after ${size} bytes`);
      }
      const header = decodeHeader(path, at, await archive.read(at, BLOCK_BYTES), next);
      if (header === null) return;
      const { type } = header;
      const offset = at + BLOCK_BYTES;
      const length = BODILESS_TYPES.has(type) ? 0 : header.size;
      if (length === undefined) throw wrongAt(path, at, "the size of an entry", "a header without one");
      if (offset + length > size) {
        const name = next.path ?? header.path ?? "";
        throw wrongAt(path, at, `${length} bytes of ${name}`, `${size - offset}, and the end of the file`);
      }
      at = offset + Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
      if (PAX_TYPES.has(type)) {
        next = { ...next, ...parsePax(path, offset, await readName(archive, path, offset, length)) };
      } else if (LONG_NAME_TYPES.has(type)) {
        const name = (await readName(archive, path, offset, length)).toString();
        next = { ...next, path: name.replace(/\0[^]*$/, "") };
      } else if (type === "SparseFile") {
        throw wrongAt(path, offset, "files in one piece", "one stored sparsely. Pack it without --sparse");
      } else if (!EXTENSION_TYPES.has(type)) {
        const isFile = FILE_TYPES.has(type);
        const name = next.path ?? header.path ?? "";
        if ((isFile || LINK_TYPES.has(type)) && !name.endsWith("/")) {
          yield {
            name: inOneSpelling(name),
            isFile,
            offset,
            length,
            read: () => archive.read(offset, length),
          };
        }
        next = {};
      }
    }
  } finally {
    await handle.close();
  }
}

const inOneSpelling = (name: string): string =>
  name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");

interface Extended {
  readonly path?: string;
  readonly size?: number;
}

/** @returns null for an empty block, which ends the archive. */
function decodeHeader(path: string, at: number, block: Buffer, next: Extended): Header | null {
  let header: Header | null = null;
  try {
    // Handed what is known already, or it takes a file for a folder where its name was cut behind a slash.
    header = new Header(block, 0, next);
  } catch {
    // A size beyond what can be counted.
  }
  if (header?.nullBlock === true) return null;
  if (header?.cksumValid !== true) {
    throw wrongAt(path, at, "a tar's header", "other bytes");
  }
  return header;
}

async function readName(archive: Pieces, path: string, offset: number, length: number): Promise<Buffer> {
  if (length > MOST_NAME_BYTES) {
    throw wrongAt(path, offset, `at most ${MOST_NAME_BYTES} bytes of names`, String(length));
  }
  return archive.read(offset, length);
}

/** Records of `<length> <keyword>=<value>\n`, whose length counts all of it. */
function parsePax(path: string, offset: number, bytes: Buffer): Extended {
  let found: Extended = {};
  for (let start = 0; start < bytes.length;) {
    const space = bytes.indexOf(" ", start);
    const length = space < 0 ? NaN : Number(bytes.toString("latin1", start, space));
    const end = start + length;
    if (!Number.isInteger(length) || length < 5 || end > bytes.length || bytes[end - 1] !== 0x0a) {
      throw wrongAt(path, offset + start, "a record of a pax header", "other bytes");
    }
    const record = bytes.toString("utf8", space + 1, end - 1);
    const [keyword, value] = splitOnce(record, "=");
    if (keyword === "path") found = { ...found, path: value };
    if (keyword === "size") {
      const size = Number(value);
      if (!Number.isSafeInteger(size) || size < 0) {
        throw wrongAt(path, offset + start, "the size of an entry", value);
      }
      found = { ...found, size };
    }
    start = end;
  }
  return found;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Reads by position, a little ahead. */
class Pieces {
  readonly #handle: FileHandle;
  readonly #size: number;
  #piece = Buffer.alloc(0);
  #start = 0;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** @returns bytes that the next call leaves as they are. */
  async read(offset: number, length: number): Promise<Buffer> {
    if (offset < this.#start || offset + length > this.#start + this.#piece.length) {
      const piece = Buffer.alloc(Math.min(Math.max(length, PIECE_BYTES), this.#size - offset));
      for (let filled = 0; filled < piece.length;) {
        const { bytesRead } = await this.#handle.read(piece, filled, piece.length - filled, offset + filled);
        if (bytesRead === 0) throw new Error("The archive became shorter while it was read.");
        filled += bytesRead;
      }
      this.#piece = piece;
      this.#start = offset;
    }
    return this.#piece.subarray(offset - this.#start, offset - this.#start + length);
  }
}

const wrongAt = (path: string, at: number, expected: string, received: string): DatasetFormatError =>
  new DatasetFormatError(`Expected ${expected} at byte ${at} of ${path}. Received: ${received}.`);
