/** What a config's `transforms` come to on the pictures of a data set. */
import type { DatasetCard, RunConfig, TransformLists, TransformPreset } from "@convkit/schema";
import { presetTransforms as presetOfShape, type PresetTransforms } from "@convkit/transforms";
import { findNamedDataset } from "./fetching/named-datasets.js";
import { ImageSizeRequiredError } from "./pictures/pixel-source.js";

/**
 * The lists that a preset stands for, as `presetTransforms` of @convkit/transforms has them.
 * @param card as `ImageDataset.card` gives it.
 * @throws {ImageSizeRequiredError} if the pictures have no one size.
 */
export function presetTransforms(preset: TransformPreset, card: DatasetCard): PresetTransforms {
  const { imageShape } = card;
  if (imageShape === null) throw new ImageSizeRequiredError();
  const isMirrorable = card.isMirrorable ?? findNamedDataset(card.source)?.isMirrorable;
  return presetOfShape(preset, { ...card, imageShape, isMirrorable });
}

/**
 * The lists that a config's `transforms` stand for on these pictures: its own, a preset's, or by null those of `light`.
 * @throws {ImageSizeRequiredError} if it has no lists of its own and the pictures have no one size.
 */
export function transformLists(transforms: RunConfig["transforms"], card: DatasetCard): TransformLists {
  if (typeof transforms === "string") return presetTransforms(transforms, card);
  return transforms ?? presetTransforms("light", card);
}
