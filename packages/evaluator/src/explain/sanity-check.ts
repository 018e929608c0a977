/**
 * Whether an explanation depends on what the network has learned: its weights are randomised, stage by stage from the output
 * down, and each time the maps are made again. Maps that stay alike show the picture, not the network.
 * Adebayo et al. 2018, "Sanity Checks for Saliency Maps", § 3 (cascading randomisation), https://arxiv.org/abs/1810.03292
 * Differs from it: stages, as `stagesOf` has them, instead of layers; weights are shuffled instead of drawn anew.
 */
import { stagesOf } from "@convkit/models";
import type { Rng } from "@convkit/random";
import type * as tf from "@tensorflow/tfjs";
import { randomiseWeights } from "./randomise-weights.js";
import { rankCorrelation } from "./rank-correlation.js";
import { mapAt, type SaliencyMaps } from "./saliency-maps.js";
import type { TargetClasses } from "./target-classes.js";

export type ExplainOptions = { classes?: TargetClasses | undefined };

/** `gradCam` and the other methods, with what options they have besides. */
export type Explain = (
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  options: ExplainOptions,
) => Promise<SaliencyMaps>;

export type SanityStage = {
  /** The stage whose weights were randomised at last; those behind it have been before. */
  stage: string;
  /**
   * Spearman's ρ of the maps' absolute values with those of the trained network, mean over the pictures: 1 where nothing has
   * changed, about 0 where nothing is left. A map that is the same everywhere counts 0.
   */
  rankCorrelation: number;
};

export type SanityCheckOptions = {
  explain: Explain;
  rng: Rng;
  /** Before each stage. May throw, to stop; the weights are put back. */
  onStage?: ((stage: string) => void) | undefined;
};

/**
 * @param model ends in logits; its weights are put back in the end, also after an error.
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed. Each is explained for what the trained
 *   network says of it, all the way.
 * @returns the stages in the order in which they were randomised, the head first.
 */
export async function sanityCheck(
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  { explain, rng, onStage }: SanityCheckOptions,
): Promise<SanityStage[]> {
  const trained = await explain(model, inputs, {});
  const { classes } = trained;
  const restores: (() => void)[] = [];
  const stages: SanityStage[] = [];
  try {
    for (const { name, layers } of stagesOf(model).reverse()) {
      onStage?.(name);
      const cascade = layers.map((layer) => model.getLayer(layer));
      restores.push(await randomiseWeights(cascade, rng.split(name)));
      const maps = await explain(model, inputs, { classes });
      stages.push({ stage: name, rankCorrelation: likeness(trained, maps) });
    }
  } finally {
    for (const restore of restores.reverse()) restore();
  }
  return stages;
}

function likeness(a: SaliencyMaps, b: SaliencyMaps): number {
  let sum = 0;
  for (let i = 0; i < a.count; i++)
    sum += rankCorrelation(mapAt(a, i).map(Math.abs), mapAt(b, i).map(Math.abs));
  return sum / a.count;
}
