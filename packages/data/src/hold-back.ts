/**
 * Which pictures validate or test is decided picture by picture: by the hash of its id (or of its group) and the seed.
 * So class fractions hold in expectation, and adding or removing pictures never moves another one across.
 */
import { hashToUnit } from "@convkit/random";
import type { DatasetSplit } from "./dataset-split.js";

export interface HoldBackOptions {
  readonly as: "validation" | "test";
  /** Of the split's pictures (or groups), 0…1, in expectation. */
  readonly fraction: number;
  /** uint32. */
  readonly seed: number;
  /** Pictures of one group stay together: frames of one film, pictures of one patient. Each its own if left out. */
  readonly groupOf?: ((id: string) => string) | undefined;
}

/** Before what is hashed: who tests is drawn independently of who validates. Promises to users' runs. */
const SALTS = { validation: "", test: "test/" } as const;

/** @returns two splits named `train` and `as`; every picture is in exactly one of them. */
export function holdBack(
  split: DatasetSplit,
  { as, fraction, seed, groupOf = (id) => id }: HoldBackOptions,
): { train: DatasetSplit; heldBack: DatasetSplit } {
  const train: number[] = [];
  const heldBack: number[] = [];
  split.ids.forEach((id, position) => {
    (hashToUnit(SALTS[as] + groupOf(id), seed) < fraction ? heldBack : train).push(position);
  });
  return { train: split.select(train), heldBack: split.select(heldBack, as) };
}
