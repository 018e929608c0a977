/** What is known of each picture of a split beside its label: what slices of a judgement are cut by. */
import { setImmediate } from "node:timers/promises";
import type { DatasetSplit } from "../dataset-split.js";
import { measurePicture } from "../pictures/measure-picture.js";
import { picturesPerRead } from "../pictures/read-pixels.js";

export interface PictureAttributesOptions {
  /** Of so many pictures, chosen by hash, pixels are measured. 2,000 if left out: that takes seconds. */
  readonly mostMeasured?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Columns of the manifest that it does not know itself, as they stand there; `width`, `height` and `aspect` (width ÷ height) of
 * picture files as a viewer shows them; and what `measurePicture` finds in the pixels as the split gives them, resized. A column
 * of the manifest stands before a property of the same name, and is "" of pictures for which it is blank.
 *
 * @returns of each picture by its id.
 * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
 * @throws the signal's reason once it is aborted.
 */
export async function pictureAttributes(
  split: DatasetSplit,
  { mostMeasured = 2000, signal }: PictureAttributesOptions = {},
): Promise<Map<string, Readonly<Record<string, string | number>>>> {
  const measures = await measureSome(split.take(mostMeasured), signal);
  const files = split.ids.map((_, position) => split.fileAt(position));
  const columns = new Set(files.flatMap((file) => Object.keys(file?.attributes ?? {})));
  const blank = Object.fromEntries([...columns].map((column) => [column, ""]));
  return new Map(
    split.ids.map((id, position) => {
      const file = files[position];
      const size = file && { width: file.width, height: file.height, aspect: file.width / file.height };
      return [id, { ...size, ...measures.get(id), ...blank, ...file?.attributes }];
    }),
  );
}

async function measureSome(split: DatasetSplit, signal: AbortSignal | undefined) {
  const found = new Map<string, Readonly<Record<string, number>>>();
  const { imageShape } = split;
  if (imageShape === null) return found;
  const perRead = picturesPerRead(imageShape);
  for (let start = 0; start < split.length; start += perRead) {
    // Pictures in memory are read at once: signals and timers have a turn of their own.
    await setImmediate();
    signal?.throwIfAborted();
    const positions = Array.from({ length: Math.min(perRead, split.length - start) }, (_, i) => start + i);
    const { images, shape } = await split.readImages(positions);
    const imageBytes = images.length / shape.count;
    positions.forEach((position, i) => {
      const pixels = images.subarray(i * imageBytes, (i + 1) * imageBytes);
      found.set(split.ids[position]!, { ...measurePicture(pixels, shape) });
    });
  }
  return found;
}
