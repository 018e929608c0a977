/** The transforms of a run that names none. */
import type { DatasetCard } from "@convkit/schema";
import type { PresetTransforms } from "@convkit/transforms";
import { presetTransforms } from "./transform-presets.js";

/**
 * The preset `light`: RandomCrop out of a mirrored border, RandomHorizontalFlip where a mirrored picture is of the same
 * class, Normalize. Evaluation: Normalize.
 * @param card as `ImageDataset.card` gives it.
 * @throws {ImageSizeRequiredError} if the pictures have no one size.
 */
export function defaultTransforms(card: DatasetCard): PresetTransforms {
  return presetTransforms("light", card);
}
