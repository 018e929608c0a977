/**
 * Transfer learning by stages of a network: those that rest, and learning rates that fall from the head to the stem.
 * Gradual unfreezing and discriminative learning rates: Howard and Ruder 2018, §3.2 and §3.3,
 * https://arxiv.org/abs/1801.06146; the latter by stages, as fastai's layer groups have it.
 */
import { stagesOf } from "@convkit/models";
import type { FreezeSpec } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";

/** A stage is named that the network does not have, or nothing is left to train. */
export class StageError extends Error {
  override readonly name = "StageError";
}

interface FrozenStage {
  readonly layers: readonly tf.layers.Layer[];
  /** Of these layers, those that are trained when nothing rests. */
  readonly trainable: readonly tf.LayerVariable[];
  /** The first epochs, in which it rests; Infinity: all. */
  readonly epochs: number;
}

/**
 * A frozen stage's weights rest, and its batch normalisation runs in inference mode and keeps its statistics, as in
 * Keras. What rests is a function of the epoch alone, so that a run goes on from any step as if it had never stopped.
 */
export class Freezing {
  readonly #stages: readonly FrozenStage[];

  /**
   * Freezes for good what is never unfrozen.
   * @throws {StageError} if the network has no such stage, or all of them rest.
   */
  constructor(model: tf.LayersModel, spec: FreezeSpec) {
    this.#stages = frozenStages(model, spec);
    for (const stage of this.#stages) if (stage.epochs === Infinity) setFrozen(stage, true);
  }

  /** Before an epoch's first step, or the first that is left of it. */
  startEpoch(epoch: number): void {
    for (const stage of this.#stages) setFrozen(stage, epoch <= stage.epochs);
  }

  /** Epochs in which a weight rests first, by name; without those that are never trained. */
  restingEpochs(): ReadonlyMap<string, number> {
    const entries = this.#stages
      .filter(({ epochs }) => epochs < Infinity)
      .flatMap(({ trainable, epochs }) =>
        trainable.map(({ originalName }) => [originalName, epochs] as const),
      );
    return new Map(entries);
  }

  /** Makes all trainable that was before: what is saved is an ordinary network. */
  release(): void {
    for (const stage of this.#stages) setFrozen(stage, false);
  }
}

/**
 * Factor of the learning rate by weight name: 1 in the head, `decay` in the stage before it, then decay², …
 */
export function stageLearningRates(model: tf.LayersModel, decay: number): ReadonlyMap<string, number> {
  const fromHead = stagesOf(model).reverse();
  const entries = fromHead.flatMap(({ layers }, distance) =>
    layers
      .flatMap((name) => model.getLayer(name).weights)
      .map(({ originalName }) => [originalName, decay ** distance] as const),
  );
  return new Map(entries);
}

function frozenStages(
  model: tf.LayersModel,
  { stages: chosen, untilEpoch = Infinity, everyEpochs = 0 }: FreezeSpec,
): FrozenStage[] {
  const all = stagesOf(model);
  const names = all.map(({ name }) => name);
  const wanted = new Set(chosen === "features" ? names.filter((name) => name !== "head") : chosen);
  const unknown = [...wanted].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new StageError(
      `Expected \`freeze.stages\` to be of the network's stages: ${names.join(", ")}. Received: ${unknown.join(", ")}.`,
    );
  }
  if (wanted.size === names.length) {
    throw new StageError(
      `Expected \`freeze.stages\` to leave a stage that is trained. Received: ${names.join(", ")}, all there are. ` +
        "Leave out the head, or write features.",
    );
  }
  return all
    .filter(({ name }) => wanted.has(name))
    .reverse()
    .map(({ layers: layerNames }, place) => {
      const layers = layerNames.map((name) => model.getLayer(name)).filter((layer) => layer.trainable);
      const trainable = layers.flatMap((layer) => layer.trainableWeights);
      return { layers, trainable, epochs: untilEpoch + place * everyEpochs };
    });
}

/** A layer's own flag reaches all of its weights, those too that a network had frozen one by one. */
function setFrozen({ layers, trainable }: FrozenStage, isFrozen: boolean): void {
  const own = new Set(trainable);
  for (const layer of layers) {
    const resting = layer.weights.filter((weight) => !own.has(weight));
    layer.trainable = !isFrozen;
    for (const weight of resting) weight.trainable = false;
  }
}
