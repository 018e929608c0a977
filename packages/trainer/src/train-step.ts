/** One batch: forward, loss, backward and, with the update's last batch, optimizer. Done before its numbers are read. */
import * as tf from "@tensorflow/tfjs";
import type { GradientClippingSpec } from "@convkit/schema";
import {
  imagesTensor,
  labelsTensor,
  mixedTarget,
  targetsTensor,
  weightsTensor,
  type AnyBatch,
} from "./batch-tensors.js";
import { clipGradients } from "./clip-gradients.js";
import { countCorrect, countCorrectLabels } from "./cross-entropy.js";
import type { GradientSum } from "./gradient-sum.js";
import type { Loss } from "./loss.js";
import type { NamedVariables } from "./named-tensors.js";
import type { Optimizer, UpdateOptions } from "./optimizer.js";
import type { StepProfiler } from "./step-profiler.js";

export interface TrainStepOptions extends UpdateOptions {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  /** Bounds gradients before the update. */
  readonly clipping?: GradientClippingSpec | undefined;
  /** Where the gradients of one update's batches are gathered; left out where each batch is an update. */
  readonly gathered?: GradientSum | undefined;
  /** Whether this batch is its update's last. Default true. */
  readonly isLastOfUpdate?: boolean;
  /**
   * What the loss of so many pictures is multiplied by before its gradients are taken, and these divided by afterwards: a power of two,
   * so that nothing changes but what a kernel that rounds to float16 would lose. Micikevicius et al. 2018, §3.2,
   * https://arxiv.org/abs/1710.03740. Default: 1.
   */
  readonly lossScale?: ((pictures: number) => number) | undefined;
  /** Told when forward, backward and update are done. */
  readonly profiler?: StepProfiler | undefined;
}

export interface StepMetrics {
  /** Mean over the batch (by weights of classes and pictures, if given), in nats, against mixed labels where pictures were mixed, and the network's own penalties. */
  readonly loss: number;
  /** What that mean divides by: the number of pictures, or the sum of their weights; greater than 0. */
  readonly weight: number;
  /**
   * Pictures of the batch classified correctly before the update. Where they were mixed with each other, as the label
   * with the larger share; as their own if both are alike. Of pictures with label sets, the sum of their shares of labels that
   * are right.
   */
  readonly correct: number;
}

/** Of a batch of nothing but weight 0, which beside others then counts next to nothing, and alone as it is. */
const LEAST_WEIGHT = 1e-30;

/**
 * Minimises the loss plus the regularisation penalties of the network's layers, and keeps weights within their
 * constraints, as Keras does. Weights that rest have no gradient, so that clipping does not count them. Leaves no tensor behind but those the optimizer holds.
 *
 * When it returns, the batch's memory may be filled again and the next step be taken: a backend that computes behind the
 * program has both steps in its queue then, in their order, and the metrics come when the first is computed.
 *
 * @throws what the backend throws of this step or, if it computes behind the program, of an earlier one.
 */
export function trainStep(
  model: tf.LayersModel,
  batch: AnyBatch,
  options: TrainStepOptions,
): Promise<StepMetrics> {
  const { optimizer, loss: lossOf, profiler, step } = options;
  const lossScale = options.lossScale?.(batch.labels.length) ?? 1;
  const moving = optimizer.movingVariables(step);
  // Where all rest, which tfjs's differentiation refuses, the loss is still to be told.
  const variables = moving.size > 0 ? moving : optimizer.variables;
  const weight = Math.max(lossOf.weightOf?.(batch) ?? batch.labels.length, LEAST_WEIGHT);
  const metrics = tf.tidy(() => {
    const images = imagesTensor(batch);
    const labels = labelsTensor(batch);
    const mixed = mixedTarget(batch);
    const targets = targetsTensor(batch);
    const sampleWeights = weightsTensor(batch);
    const mainLabels = mixed && mixed.weight < 0.5 ? mixed.labels : labels;
    let correct: tf.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor2D;
      correct = tf.keep(targets ? countCorrectLabels(logits, targets) : countCorrect(logits, mainLabels));
      const loss = lossOf(logits, { labels, targets, mixed, sampleWeights });
      const whole = penaltiesOf(model).reduce((sum, penalty) => tf.add(sum, penalty), loss);
      profiler?.mark("forward");
      return lossScale === 1 ? whole : tf.mul<tf.Scalar>(whole, lossScale);
    }, [...variables.values()]);
    profiler?.mark("backward");
    const gradients = unscaled(byWeightName(grads, variables), lossScale);
    update(model, { gradients, weight }, options);
    profiler?.mark("update");
    const result = tf.stack([lossScale === 1 ? value : tf.div(value, lossScale), correct!]);
    correct!.dispose();
    return result;
  });
  return readMetrics(metrics, weight);
}

/** Disposes of them. */
async function readMetrics(metrics: tf.Tensor, weight: number): Promise<StepMetrics> {
  try {
    const [loss, correct] = await metrics.data();
    return { loss: loss!, weight, correct: correct! };
  } finally {
    metrics.dispose();
  }
}

/** Updates the weights, or only gathers the gradients until the update's last batch. */
function update(
  model: tf.LayersModel,
  { gradients, weight }: { gradients: ReadonlyMap<string, tf.Tensor>; weight: number },
  { optimizer, clipping, gathered, isLastOfUpdate = true, learningRate, step }: TrainStepOptions,
): void {
  gathered?.add(gradients, weight);
  if (!isLastOfUpdate) return;
  const means = gathered?.take() ?? gradients;
  optimizer.update(clipping ? clipGradients(means, clipping) : means, { learningRate, step });
  applyConstraints(model);
}

/** `variableGrads` keys by the variables' own names, which differ from process to process. */
function byWeightName(grads: tf.NamedTensorMap, variables: NamedVariables): Map<string, tf.Tensor> {
  const entries = [...variables].map(([name, variable]) => [name, grads[variable.name]] as const);
  return new Map(entries.filter((entry): entry is readonly [string, tf.Tensor] => entry[1] != null));
}

function unscaled(gradients: Map<string, tf.Tensor>, lossScale: number): Map<string, tf.Tensor> {
  if (lossScale === 1) return gradients;
  return new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, 1 / lossScale)]));
}

/** Layer by layer: tfjs's own `calculateLosses` finds none in a Sequential. */
function penaltiesOf(model: tf.LayersModel): tf.Scalar[] {
  return model.layers.flatMap((layer) =>
    layer instanceof tf.LayersModel ? penaltiesOf(layer) : layer.calculateLosses(),
  );
}

function applyConstraints(model: tf.LayersModel): void {
  for (const weight of model.trainableWeights) {
    // Typed as if it were always there.
    const constraint = weight.constraint as tf.LayerVariable["constraint"] | null;
    if (constraint) weight.write(constraint.apply(weight.read()));
  }
}
