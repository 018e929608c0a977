/** A config's list of batch transforms: what of it is done to one batch is drawn first and done second. */
import type { Rng } from "@convkit/random";
import type { BatchTransformSpec } from "@convkit/schema";
import type { ImageBatchShape } from "../image-batch.js";
import { cutMix, drawBox, shareOutside, type CutMixBox } from "./cut-mix.js";
import { mixUp } from "./mix-up.js";
import { drawShare } from "./share.js";

/** What was drawn for a batch; plain data. `weight` is a picture's own share of its label, 0…1. */
export type BatchMix =
  | { readonly name: "MixUp"; readonly weight: number }
  | { readonly name: "CutMix"; readonly weight: number; readonly box: CutMixBox };

export interface DrawMixOptions {
  /** The batch's own. */
  readonly rng: Rng;
  /** As `untilEpoch` counts: a run's first is 1. */
  readonly epoch: number;
  readonly shape: ImageBatchShape;
}

/**
 * Of several that are still done in this epoch each is as likely; the one drawn is then done with its probability `p`.
 * @returns null: the batch stays as it is.
 */
export function drawMix(
  specs: readonly BatchTransformSpec[],
  { rng, epoch, shape }: DrawMixOptions,
): BatchMix | null {
  const due = specs.filter(({ untilEpoch = Infinity }) => epoch <= untilEpoch);
  const spec = due[due.length > 1 ? rng.int(due.length) : 0];
  if (spec === undefined || !rng.bernoulli(spec.p)) return null;
  const share = drawShare(rng, spec.alpha);
  if (spec.name === "MixUp") return { name: "MixUp", weight: share };
  const box = drawBox(rng, shape, share);
  return { name: "CutMix", weight: shareOutside(box, shape), box };
}

/**
 * In place.
 * @param images float32 [count, height, width, channels], each mixed with the one before it, the first with the last.
 */
export function applyMix(images: Float32Array, shape: ImageBatchShape, mix: BatchMix): void {
  switch (mix.name) {
    case "MixUp":
      return mixUp(images, shape, mix.weight);
    case "CutMix":
      return cutMix(images, shape, mix.box);
    default:
      mix satisfies never;
  }
}
