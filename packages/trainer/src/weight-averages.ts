/**
 * Averages of the weights over the steps of training, kept beside them.
 *
 * EMA: Polyak and Juditsky 1992; as timm's ModelEmaV3, with the warm-up of TensorFlow's ExponentialMovingAverage.
 * Lookahead: Zhang et al. 2019, algorithm 1, https://arxiv.org/abs/1907.08610; with a share that grows over the run as
 *   in Jordan 2024, §3.4, https://arxiv.org/abs/2404.00498.
 * Both take the moving statistics of batch normalisation in, as timm and airbench do.
 */
import { updateVariables } from "@convkit/ops";
import type { EmaSpec, LookaheadSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { copyValues, type NamedVariables } from "./named-tensors.js";

export interface WeightAverage {
  /** Key of its tensors in a checkpoint; unique within a run. */
  readonly name: "ema" | "lookahead";
  /** By weight name; they belong to the average. */
  readonly tensors: NamedVariables;
  /** @param step updates done. */
  afterStep(step: number): void;
  dispose(): void;
}

/**
 * average' = d · average + (1 − d) · weight after every update; with `warmup` d = min(decay, (1 + step) / (10 + step)), so
 * that the first weights are soon forgotten.
 *
 * @param weights all of the network's; the average begins with what they are.
 */
export function exponentialMovingAverage({ decay, warmup }: EmaSpec, weights: NamedVariables): WeightAverage {
  const tensors = copiesOf(weights);
  return {
    name: "ema",
    tensors,
    afterStep(step) {
      const kept = warmup ? Math.min(decay, (1 + step) / (10 + step)) : decay;
      moveTowards(tensors, weights, 1 - kept);
    },
    dispose: () => tf.dispose([...tensors.values()]),
  };
}

/**
 * Every `everySteps` updates: slow' = s · slow + (1 − s) · weight, weight' = slow', with s = slowShare · (step / totalSteps)
 * to the power of `power`. The last update of all ends with weight' = slow.
 *
 * @param weights all of the network's, which it changes.
 * @param totalSteps updates of the whole run, asked anew at each where they may change.
 */
export function lookahead(
  { everySteps, slowShare, power }: LookaheadSpec,
  weights: NamedVariables,
  totalSteps: number | (() => number),
): WeightAverage {
  const tensors = copiesOf(weights);
  return {
    name: "lookahead",
    tensors,
    afterStep(step) {
      const last = typeof totalSteps === "number" ? totalSteps : totalSteps();
      if (step % everySteps === 0) {
        moveTowards(tensors, weights, 1 - slowShare * (step / last) ** power);
        copyValues(weights, tensors);
      }
      if (step === last) copyValues(weights, tensors);
    },
    dispose: () => tf.dispose([...tensors.values()]),
  };
}

function copiesOf(weights: NamedVariables): NamedVariables {
  return new Map(
    [...weights].map(([name, weight]) => [name, tf.tidy(() => tf.variable(weight.clone(), false))]),
  );
}

function moveTowards(averages: NamedVariables, weights: NamedVariables, share: number): void {
  updateVariables(
    [...averages].map(([name, average]) => ({
      update: "MoveTowards",
      inputs: { average, value: weights.get(name)! },
      attrs: { share },
    })),
  );
}
