/**
 * What a classifier sees in any number of pictures: decoded a bounded number ahead of the network, judged in batches, told in
 * their order. Memory does not grow with their number.
 */
import type { DecodedImage } from "@convkit/data";
import type { Classifier } from "@convkit/models";
import { mapAhead } from "./map-ahead.js";
import type { AskedPicture } from "./picture-paths.js";

export interface PictureProbabilities {
  readonly image: string;
  /** One a class, in the order of the card's. */
  readonly probabilities: Float32Array;
}

export interface FailedPicture {
  readonly image: string;
  readonly error: Error;
}

export type PictureOutcome = PictureProbabilities | FailedPicture;

/** Decoded at their full size, photographs are large. */
const FULL_SIZE_AT_ONCE = 8;
const MOST_AT_ONCE = 32;
/** Float32 values of a batch: what a network makes of them on its way takes many times as much. */
const MOST_VALUES = 2 ** 21;

/** A file that is no picture spoils no other's prediction. */
export async function* predictPictures(
  pictures: AsyncIterable<AskedPicture>,
  classifier: Classifier,
): AsyncGenerator<PictureOutcome> {
  const { decodeImage, decodeOptionsOf } = await import("@convkit/data");
  const options = decodeOptionsOf(classifier.card);
  const [height, width, channels] = classifier.card.inputShape;
  const batchSize = options.size
    ? Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(MOST_VALUES / (height * width * channels))))
    : FULL_SIZE_AT_ONCE;
  const decode = async ({ path, error }: AskedPicture): Promise<Decoded> => {
    if (error) return { image: path, decoded: error };
    return {
      image: path,
      decoded: await decodeImage(path, options).catch((reason: unknown) => reason as Error),
    };
  };
  let batch: Decoded[] = [];
  for await (const one of mapAhead(pictures, batchSize, decode)) {
    batch.push(one);
    if (batch.length < batchSize) continue;
    yield* outcomesOf(batch, classifier);
    batch = [];
  }
  yield* outcomesOf(batch, classifier);
}

interface Decoded {
  readonly image: string;
  readonly decoded: DecodedImage | Error;
}

async function* outcomesOf(
  batch: readonly Decoded[],
  classifier: Classifier,
): AsyncGenerator<PictureOutcome> {
  const good = batch.flatMap(({ decoded }) => (decoded instanceof Error ? [] : [decoded]));
  const rows = (await rowsOf(good, classifier))[Symbol.iterator]();
  for (const { image, decoded } of batch) {
    const row = decoded instanceof Error ? decoded : (rows.next().value as Float32Array | Error);
    yield row instanceof Error ? { image, error: row } : { image, probabilities: row };
  }
}

/** @returns a row of probabilities per picture, or why the network cannot take it. */
async function rowsOf(
  pictures: readonly DecodedImage[],
  classifier: Classifier,
): Promise<(Float32Array | Error)[]> {
  const classes = classifier.card.classNames.length;
  try {
    const probabilities = await classifier.predict(pictures);
    return pictures.map((_, i) => probabilities.subarray(i * classes, (i + 1) * classes));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ClassifierInputError") throw error;
    if (pictures.length === 1) return [error];
    const rows: (Float32Array | Error)[] = [];
    for (const picture of pictures) rows.push(...(await rowsOf([picture], classifier)));
    return rows;
  }
}
