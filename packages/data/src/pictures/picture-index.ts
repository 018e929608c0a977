/**
 * What is known of every picture of a data set: its size, its hash, and whether it can be decoded at all. It is read and
 * decoded once and then remembered until its file changes, so a broken one is found before training and not in the middle
 * of an epoch.
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { z } from "zod";
import { FileStamp, isSameStamp, stampFile } from "../file-stamp.js";
import { indexFile } from "../index-file.js";
import { mapConcurrently } from "../map-concurrently.js";
import type { ProgressListener } from "../progress.js";
import { ImageDecodeError, inspectPicture } from "./decode-image.js";
import { jpegHeader } from "./jpeg-header.js";
import { formatOf, SIGNATURE_BYTES } from "./picture-format.js";
import {
  fileOf,
  locate,
  readPicture,
  type LocatedPicture,
  type PictureLocation,
} from "./picture-location.js";

const PictureEntry = z.union([
  z.object({
    stamp: FileStamp,
    sha256: z.string(),
    height: z.int(),
    width: z.int(),
    isGrey: z.boolean(),
    /** By its bytes, whatever its name is. */
    isJpeg: z.boolean(),
  }),
  z.object({ stamp: FileStamp, badReason: z.string() }),
]);
export type PictureEntry = z.infer<typeof PictureEntry>;

const PictureIndex = z.object({ formatVersion: z.literal(2), pictures: z.record(z.string(), PictureEntry) });

/** Of a file that could not be read: no file has it, so the next open tries again. */
const UNREAD: FileStamp = { sizeBytes: 0, mtimeMs: -1 };

/** Decoding runs on libuv's threads (four unless told otherwise); twice as many keep them fed. */
const CONCURRENCY = 8;
/** So many new ones are kept at a time: an open that is killed goes on near where it was. */
const KEPT_AT_ONCE = 1000;

export interface PictureIndexOptions {
  readonly home: string;
  /** Bound of what decoded pictures take on disk below `home`, all data sets together; 0: none are kept. */
  readonly mostCacheBytes?: number | undefined;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param options.indexedAs path of what lists them: each list has an index of its own, and drops what it lists no more.
 * @returns an entry per picture, in their order.
 */
export async function indexPictures(
  folder: string,
  pictures: readonly LocatedPicture[],
  { home, onProgress, signal, indexedAs }: PictureIndexOptions & { readonly indexedAs: string },
): Promise<PictureEntry[]> {
  const index = indexFile(home, `pictures\n${resolve(indexedAs)}`, PictureIndex);
  const known = (await index.read())?.pictures ?? {};
  /** Only good ones: what is wrong with the others is told once all have been looked at. */
  const checked: Record<string, PictureEntry> = {};
  const write = (entriesByPath: Record<string, PictureEntry>) =>
    index.write({ formatVersion: 2, pictures: entriesByPath });
  let writing = Promise.resolve();
  const keepChecked = () => (writing = writing.then(() => write({ ...known, ...checked })));
  let done = 0;
  let looked = 0;
  const entries = await mapConcurrently(pictures, CONCURRENCY, async (picture) => {
    signal?.throwIfAborted();
    const { path } = picture;
    const entry = await indexPicture(locate(folder, picture), known[path]);
    if (!("badReason" in entry)) checked[path] = entry;
    done++;
    if (entry !== known[path]) {
      looked++;
      onProgress?.({ phase: "check", what: folder, done, total: pictures.length, unit: "files" });
      if (looked % KEPT_AT_ONCE === 0) await keepChecked();
    }
    return entry;
  }).catch(async (error: unknown) => {
    // Whoever begins again need not look at these again.
    if (done > 0) await keepChecked();
    throw error;
  });
  // The decoder keeps the words of an error for all its threads together: of several at work, one may take another's away.
  for (const [i, entry] of entries.entries()) {
    const picture = pictures[i] as LocatedPicture;
    if (!("badReason" in entry) || entry === known[picture.path]) continue;
    signal?.throwIfAborted();
    entries[i] = await indexPicture(locate(folder, picture), undefined);
  }
  if (
    pictures.some(({ path }, i) => known[path] !== entries[i]) ||
    Object.keys(known).length > pictures.length
  ) {
    await write(Object.fromEntries(pictures.map(({ path }, i) => [path, entries[i] as PictureEntry])));
  }
  return entries;
}

/** Of an encoded picture: a photo has 10 MiB, and eight of this many are read at once. */
const LARGE_BYTES = 2 ** 26;

let previous: Promise<unknown> = Promise.resolve();

/** One after the other, whoever asks: several at once might not fit into memory. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = previous.then(work);
  previous = result.catch(() => {});
  return result;
}

async function indexPicture(
  location: PictureLocation,
  known: PictureEntry | undefined,
): Promise<PictureEntry> {
  let stamp = UNREAD;
  try {
    const present = await stampFile(fileOf(location));
    if (known !== undefined && isSameStamp(known.stamp, present)) return known;
    const range =
      typeof location === "string" ? { file: location, offset: 0, length: present.sizeBytes } : location;
    const isLarge = range.length > LARGE_BYTES;
    const look = async (): Promise<PictureEntry> => {
      if (isLarge) {
        const start = await readPicture({ ...range, length: SIGNATURE_BYTES });
        stamp = present;
        formatOf(start);
      }
      const bytes = await readPicture(location);
      stamp = present;
      const facts = await inspectPicture(bytes);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return { stamp, sha256, ...facts, isJpeg: jpegHeader(bytes) !== null };
    };
    return await (isLarge ? inTurn(look) : look());
  } catch (error) {
    return { stamp, badReason: error instanceof ImageDecodeError ? error.reason : (error as Error).message };
  }
}
