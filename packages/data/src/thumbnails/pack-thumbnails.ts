/** Small pictures of a data set, for pages that show many: one after the other in packs, each with its index. */
import type { DatasetSplit } from "../dataset-split.js";
import type { ImageDataset } from "../image-dataset.js";
import { mapConcurrently } from "../map-concurrently.js";
import { choosePictures, type ChoiceLimits } from "./choose-pictures.js";
import { encodeThumbnail } from "./encode-thumbnail.js";

export interface PackedPicture {
  /** As the split, and every prediction, names it. */
  readonly pictureId: string;
  /** `train`, `validation` or `test`. */
  readonly split: string;
  /** Class index; null of a picture that has any number of labels. */
  readonly label: number | null;
  /** In the pack's bytes. */
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface ThumbnailPack {
  /** WebP pictures, end to end. */
  readonly bytes: Buffer;
  readonly pictures: readonly PackedPicture[];
}

export interface PackThumbnailsOptions extends Partial<ChoiceLimits> {
  readonly signal?: AbortSignal | undefined;
  /** Pictures. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** A pack ends before it is larger. Default: 4 MiB. */
  readonly packBytes?: number | undefined;
}

const DEFAULTS = { most: 20_000, perClass: 100, packBytes: 4 * 1024 * 1024 };
/** sharp works on libuv's threads, four unless told otherwise. */
const CONCURRENCY = 4;
/** Made at a time: enough to keep the threads busy, and little to hold. */
const PICTURES_PER_ROUND = 64;

/**
 * Of the test and validation pictures (20,000 at most), of 100 training pictures a class and of those of `also`; of all, where a data set
 * has no more than 20,000. At most 128 pixels wide and high; those of up to 64 lose nothing. A picture that cannot be
 * read any more is left out.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function* packThumbnails(
  dataset: ImageDataset,
  options: PackThumbnailsOptions = {},
): AsyncGenerator<ThumbnailPack> {
  const { most, perClass, packBytes, also } = { ...DEFAULTS, ...options };
  const chosen = choosePictures(dataset, { most, perClass, also }).flatMap(({ split, positions }) =>
    positions.map((position) => ({ split, position })),
  );
  let pack = new Pack();
  for (let start = 0; start < chosen.length; start += PICTURES_PER_ROUND) {
    const round = chosen.slice(start, start + PICTURES_PER_ROUND);
    const encoded = await mapConcurrently(round, CONCURRENCY, async ({ split, position }) => {
      options.signal?.throwIfAborted();
      return encodeThumbnail(split, position).catch(() => null);
    });
    for (const [i, bytes] of encoded.entries()) {
      if (bytes === null) continue;
      if (pack.sizeBytes > 0 && pack.sizeBytes + bytes.length > packBytes) {
        yield pack.close();
        pack = new Pack();
      }
      pack.add(round[i]!, bytes);
    }
    options.onProgress?.(Math.min(start + PICTURES_PER_ROUND, chosen.length), chosen.length);
  }
  if (pack.sizeBytes > 0) yield pack.close();
}

class Pack {
  sizeBytes = 0;
  readonly #pieces: Buffer[] = [];
  readonly #pictures: PackedPicture[] = [];

  add({ split, position }: { split: DatasetSplit; position: number }, bytes: Buffer): void {
    this.#pictures.push({
      pictureId: split.ids[position] as string,
      split: split.name,
      label: split.labelSets ? null : (split.labels[position] as number),
      offset: this.sizeBytes,
      sizeBytes: bytes.length,
    });
    this.#pieces.push(bytes);
    this.sizeBytes += bytes.length;
  }

  close(): ThumbnailPack {
    return { bytes: Buffer.concat(this.#pieces), pictures: this.#pictures };
  }
}
