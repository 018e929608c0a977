/** What an optimizer's config says of each weight: its learning rate, its decay, and until when it moves. */
import type { OptimizerSpec } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import type { NamedVariables } from "./named-tensors.js";
import type { OptimizerOptions } from "./optimizer.js";

export interface WeightSettings {
  /** Factor of the schedule's learning rate. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** The first update in which the weight moves, counted from 1. */
  readonly firstStep: number;
  /** The last update in which the weight moves, counted from 1. */
  readonly lastStep: number;
}

/** A pattern of `optimizer.groups` or `optimizer.noDecay` matches no weight of the network. */
export class WeightPatternError extends Error {
  override readonly name = "WeightPatternError";
}

const MOST_NAMES = 5;
/** 1.1 × 50 is a little more than 55. */
const ROUNDING = 1e-9;

/**
 * By weight name. Weights of rank 0 and 1 (biases, batch norm) and those of `noDecay` are not decayed, as timm and the
 * ResNet recipes have it, unless their group says otherwise.
 *
 * @throws {WeightPatternError} if a pattern matches no weight, or a group's only weights that earlier ones have.
 */
export function settleWeights(
  { weightDecay, noDecay = [], groups = [] }: OptimizerSpec,
  variables: NamedVariables,
  { stepsPerEpoch, learningRates, restingEpochs }: OptimizerOptions,
): ReadonlyMap<string, WeightSettings> {
  const names = [...variables.keys()];
  const spared = noDecay.map((source) => new RegExp(source, "u"));
  noDecay.forEach((source, i) => {
    if (!names.some((name) => spared[i]!.test(name))) throw noMatch(`noDecay[${i}]`, source, names);
  });

  const settings = new Map<string, WeightSettings>();
  groups.forEach(({ weights, learningRate, weightDecay: factor, untilEpoch }, i) => {
    const pattern = new RegExp(weights, "u");
    const members = names.filter((name) => pattern.test(name) && !settings.has(name));
    if (members.length === 0) throw noMatch(`groups[${i}].weights`, weights, names);
    for (const name of members) {
      settings.set(name, {
        learningRate: learningRate * stageRate(name),
        weightDecay: factor === undefined ? usualDecay(name) : factor * weightDecay,
        firstStep: firstStep(name),
        lastStep: learningRate === 0 ? 0 : lastStepOf(untilEpoch, stepsPerEpoch),
      });
    }
  });
  for (const name of names) {
    if (settings.has(name)) continue;
    settings.set(name, {
      learningRate: stageRate(name),
      weightDecay: usualDecay(name),
      firstStep: firstStep(name),
      lastStep: Infinity,
    });
  }
  return settings;

  function stageRate(name: string): number {
    return learningRates?.get(name) ?? 1;
  }

  function firstStep(name: string): number {
    return stepsOf(restingEpochs?.get(name) ?? 0, stepsPerEpoch) + 1;
  }

  function usualDecay(name: string): number {
    const isSpared = !mixesValues(name, variables.get(name)!) || spared.some((pattern) => pattern.test(name));
    return isSpared ? 0 : weightDecay;
  }
}

/**
 * Whether a weight is a kernel. Only kernels decay and are orthogonalised: not biases and the parameters of normalisation, nor the depthwise kernels of 1×1 that are a
 * factor for each channel (ConvNeXt's layer scale), which would be vectors if tfjs had a layer for them.
 */
export function mixesValues(name: string, { rank, shape }: Pick<tf.Tensor, "rank" | "shape">): boolean {
  return rank > 1 && !(name.endsWith("/depthwise_kernel") && shape[0] === 1 && shape[1] === 1);
}

function lastStepOf(untilEpoch: number | undefined, stepsPerEpoch: number | undefined): number {
  return untilEpoch === undefined ? Infinity : Math.ceil(stepsOf(untilEpoch, stepsPerEpoch) - ROUNDING);
}

function stepsOf(epochs: number, stepsPerEpoch: number | undefined): number {
  if (epochs === 0) return 0;
  if (stepsPerEpoch !== undefined) return epochs * stepsPerEpoch;
  throw new RangeError(
    "Expected `stepsPerEpoch` beside a group of weights with an `untilEpoch`. Received: none. " +
      "Hand the loader's to createOptimizer.",
  );
}

function noMatch(field: string, pattern: string, names: readonly string[]): WeightPatternError {
  const isTaken = names.some((name) => new RegExp(pattern, "u").test(name));
  const found = isTaken ? "only weights of the groups before it" : "none";
  const nearest = names
    .map((name) => ({ name, shared: longestShared(pattern, name) }))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, MOST_NAMES)
    .map(({ name }) => name);
  return new WeightPatternError(
    `Expected \`optimizer.${field}\` to match a weight that the network trains. Received: ${JSON.stringify(pattern)}, ` +
      `which matches ${found}. The nearest of ${names.length} weights: ${nearest.join(", ")}.`,
  );
}

/** Length of the longest piece of text that both have. */
function longestShared(one: string, other: string): number {
  let longest = 0;
  for (let start = 0; start < one.length; start++) {
    while (other.includes(one.slice(start, start + longest + 1)) && start + longest < one.length) longest++;
  }
  return longest;
}
