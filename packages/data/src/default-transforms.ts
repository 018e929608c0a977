/** The transforms of a run that names none. */
import type { BatchTransformSpec, BuiltinTransformSpec, DatasetCard } from "@convkit/schema";
import { findNamedDataset } from "./fetching/named-datasets.js";
import { ImageSizeRequiredError } from "./pictures/pixel-source.js";

export interface DefaultTransforms {
  readonly train: BuiltinTransformSpec[];
  readonly batch: BatchTransformSpec[];
  readonly evaluation: BuiltinTransformSpec[];
}

/** Normalize divides by it, so a channel that is the same everywhere must not be 0. */
const SMALLEST_STD = 1 / 255;

/**
 * Training: RandomCrop with a mirrored border of an eighth of the shorter edge (4 pixels for CIFAR, 3 for MNIST),
 * RandomHorizontalFlip where a mirrored picture is of the same class (known for the registered sets; elsewhere assumed
 * for colour pictures, not for grey ones, which are often digits, letters or scans), Normalize. Evaluation: Normalize.
 * @param card as `ImageDataset.card` gives it.
 * @throws {ImageSizeRequiredError} if the pictures have no one size.
 */
export function defaultTransforms(card: DatasetCard): DefaultTransforms {
  const { source, imageShape, mean, std } = card;
  if (imageShape === null) throw new ImageSizeRequiredError();
  const [height, width, channels] = imageShape;
  const isMirrorable = findNamedDataset(source)?.isMirrorable ?? channels === 3;
  const padding = Math.floor(Math.min(height, width) / 8);
  const normalize: BuiltinTransformSpec[] =
    mean && std ? [{ name: "Normalize", mean, std: std.map((value) => Math.max(value, SMALLEST_STD)) }] : [];
  return {
    train: [
      { name: "RandomCrop", size: [height, width], padding, paddingMode: "reflect" },
      ...(isMirrorable ? [{ name: "RandomHorizontalFlip" as const, p: 0.5 }] : []),
      ...normalize,
    ],
    batch: [],
    evaluation: normalize,
  };
}
