/** A trained network made ready for pictures: loaded, with the preprocessing that evaluation used, in Node and browser. */
import { Rng } from "@convkit/random";
import type { ModelCard } from "@convkit/schema";
import { createTransformPipeline, type TransformFactory, type TransformPipeline } from "@convkit/transforms";
import * as tf from "@tensorflow/tfjs";
import { CARD_FILE, checkCard, decodeModel, parseCard, parseJson } from "./classifier-files.js";
import { ClassifierInputError, ClassifierOutputError, UserModuleError } from "./errors.js";
import { loadUserModule } from "./load-user-module.js";
import { openClassifierFolder } from "./open-classifier-folder.js";
import { applyToViews } from "./test-time-augmentation.js";

/** A decoded picture: uint8 [height, width, channels], row by row. */
export type ClassifierImage = {
  data: Uint8Array;
  height: number;
  width: number;
  channels: number;
};

export type Classifier = {
  readonly card: ModelCard;
  /** Takes what `toInput` gives. Not the caller's to dispose. */
  readonly model: tf.LayersModel;
  /**
   * Calibrated where the card has a `temperature`: softmax(logits / temperature).
   *
   * @returns probabilities [images, classes], row by row, in the order of `card.classNames`; a row sums to 1, unless the card's
   *   `output` is `binary-logits`, where each is that of a label by itself: sigmoid(logits / temperature).
   * @throws {ClassifierInputError} if a picture does not become the network's input.
   */
  predict(images: readonly ClassifierImage[]): Promise<Float32Array>;
  /**
   * What `predict` makes probabilities of: averaged over the card's views of a picture, and not divided by its temperature.
   *
   * @returns [images, classes], row by row, in the order of `card.classNames`.
   * @throws {ClassifierInputError} if a picture does not become the network's input.
   * @throws {ClassifierOutputError} if the card's `output` is `probabilities`: the network then tells no logits.
   */
  logits(images: readonly ClassifierImage[]): Promise<Float32Array>;
  /**
   * The pictures as evaluation prepared them.
   *
   * @returns float32 [images, …card.inputShape], which the caller disposes.
   * @throws {ClassifierInputError} if a picture does not become the network's input.
   */
  toInput(images: readonly ClassifierImage[]): tf.Tensor4D;
  /** Frees the weights; the classifier cannot be used afterwards. */
  dispose(): void;
};

export type LoadClassifierOptions = {
  /**
   * Transforms of the user's own that the card names, by the path written there. In Node those that are not here
   * are loaded from their paths.
   */
  customTransforms?: ReadonlyMap<string, TransformFactory>;
  /** Pictures in one pass of the network; bounds memory. 64 unless told. */
  batchSize?: number;
};

/**
 * Loads what `saveClassifier` wrote.
 *
 * @param directoryOrUrl in Node a folder or an http, https or file URL; in a browser a URL.
 * @throws {ClassifierFilesError} if files are missing, damaged or do not fit together.
 * @throws {UserModuleError} if a transform of the user's own cannot be loaded.
 */
export async function loadClassifier(
  directoryOrUrl: string | URL,
  options: LoadClassifierOptions = {},
): Promise<Classifier> {
  const readFile = openClassifierFolder(directoryOrUrl);
  const card = parseCard(parseJson(CARD_FILE, await readFile(CARD_FILE)));
  const custom = await loadCustomTransforms(card, options.customTransforms);
  const pipeline = createTransformPipeline(card.preprocessing, custom);
  const model = await decodeModel(readFile);
  try {
    checkCard(card, model);
  } catch (error) {
    model.dispose();
    throw error;
  }

  const { batchSize = 64 } = options;
  const classes = card.classNames.length;
  const toInput = (images: readonly ClassifierImage[]): tf.Tensor4D => {
    const values = new Float32Array(images.length * tf.util.sizeFromShape(card.inputShape));
    for (const [index, image] of images.entries()) {
      const picture = preprocess(image, pipeline, card);
      values.set(picture, index * picture.length);
    }
    return tf.tensor4d(values, [images.length, ...card.inputShape]);
  };
  /** @param become of the network's outputs [N, classes]. */
  const apply = async (
    images: readonly ClassifierImage[],
    become: (y: tf.Tensor2D) => tf.Tensor2D,
  ): Promise<Float32Array> => {
    const rows = new Float32Array(images.length * classes);
    for (let start = 0; start < images.length; start += batchSize) {
      const output = tf.tidy(() => {
        const x = toInput(images.slice(start, start + batchSize));
        const y = applyToViews((view) => model.predict(view) as tf.Tensor2D, x, card.testTimeAugmentation);
        return become(y);
      });
      rows.set(await output.data<"float32">(), start * classes);
      output.dispose();
    }
    return rows;
  };

  return {
    card,
    model,
    toInput,
    predict: (images) => apply(images, (y) => probabilitiesOf(y, card)),
    async logits(images) {
      checkLogits(card);
      return apply(images, (y) => y);
    },
    dispose: () => void model.dispose(),
  };
}

function probabilitiesOf(y: tf.Tensor2D, { output, temperature }: ModelCard): tf.Tensor2D {
  const logits = temperature ? tf.div<tf.Tensor2D>(y, temperature.value) : y;
  switch (output) {
    case "logits":
      return tf.softmax(logits);
    case "binary-logits":
      return tf.sigmoid(logits);
    case "probabilities":
      return y;
    default:
      return output satisfies never;
  }
}

function checkLogits({ name, output }: ModelCard): void {
  if (output !== "probabilities") return;
  throw new ClassifierOutputError(
    `Expected a network that ends in logits. Received: ${name}, which ends in probabilities, as its card's \`output\` says. ` +
      "Use predict.",
  );
}

function preprocess(image: ClassifierImage, pipeline: TransformPipeline, card: ModelCard): Float32Array {
  const { data, height, width, channels } = image;
  // Evaluation is not random; a transform that draws nevertheless draws the same for every picture.
  const rngs = pipeline.isRandom ? [Rng.fromSeed(0)] : [];
  let received: string;
  try {
    const { images, shape } = pipeline.apply(data, { count: 1, height, width, channels }, rngs);
    const result = [shape.height, shape.width, shape.channels];
    if (tf.util.arraysEqual(result, card.inputShape)) return images;
    received = `one of [${height}, ${width}, ${channels}] that became [${result.join(", ")}]`;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ClassifierInputError(message, { cause: error });
  }
  throw new ClassifierInputError(
    `Expected a picture that preprocessing makes [${card.inputShape.join(", ")}]. Received: ${received}. ` +
      `Decode it with these channels and, unless the card's preprocessing resizes, at this size.`,
  );
}

async function loadCustomTransforms(
  card: ModelCard,
  given: LoadClassifierOptions["customTransforms"] = new Map(),
): Promise<Map<string, TransformFactory>> {
  const custom = new Map(given);
  for (const spec of card.preprocessing) {
    if (!("module" in spec) || custom.has(spec.module)) continue;
    const factory = await loadUserModule(spec.module);
    if (typeof factory !== "function") {
      throw new UserModuleError(
        `Expected the default export of ${spec.module} to be a function (options) => Transform. ` +
          `Received: ${typeof factory}.`,
      );
    }
    custom.set(spec.module, factory as TransformFactory);
  }
  return custom;
}
