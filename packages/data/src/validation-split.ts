/**
 * Which pictures validate is decided picture by picture: by the hash of its id (or of its group) and the seed. So class
 * fractions hold in expectation, and adding or removing pictures never moves another one across.
 */
import { hashToUnit } from "@convkit/random";
import type { DatasetSplit } from "./dataset-split.js";

export interface ValidationSplitOptions {
  /** Of all pictures (or groups), 0…1, in expectation. */
  readonly fraction: number;
  /** uint32. */
  readonly seed: number;
  /** Pictures of one group stay together: frames of one film, pictures of one patient. Each its own if left out. */
  readonly groupOf?: ((id: string) => string) | undefined;
}

/** @returns `train` and `validation` out of one split; every picture is in exactly one of them. */
export function splitOffValidation(
  split: DatasetSplit,
  { fraction, seed, groupOf = (id) => id }: ValidationSplitOptions,
): { train: DatasetSplit; validation: DatasetSplit } {
  const train: number[] = [];
  const validation: number[] = [];
  split.ids.forEach((id, position) => {
    (hashToUnit(groupOf(id), seed) < fraction ? validation : train).push(position);
  });
  return { train: split.select(train), validation: split.select(validation, "validation") };
}
