/** One update: forward, loss, backward, optimizer. */
import type { Batch } from "@convkit/data";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor, labelsTensor, mixedTarget } from "./batch-tensors.js";
import { countCorrect, crossEntropy } from "./cross-entropy.js";
import type { NamedVariables } from "./named-tensors.js";
import type { Optimizer, UpdateOptions } from "./optimizer.js";

export interface TrainStepOptions extends UpdateOptions {
  readonly optimizer: Optimizer;
  readonly labelSmoothing: number;
  /** Per class; null: all alike. */
  readonly classWeights: readonly number[] | null;
}

export interface StepMetrics {
  /** Mean over the batch (by class weights, if given), in nats, against mixed labels where pictures were mixed, and the network's own penalties. */
  readonly loss: number;
  /**
   * Pictures of the batch classified correctly before the update. Where they were mixed with each other, as the label
   * with the larger share; as their own if both are alike.
   */
  readonly correct: number;
}

/**
 * Minimises cross-entropy plus the regularisation penalties of the network's layers, and keeps weights within their
 * constraints, as Keras does. Leaves no tensor behind but those the optimizer holds.
 */
export async function trainStep(
  model: tf.LayersModel,
  batch: Batch,
  { optimizer, labelSmoothing, classWeights, learningRate, step }: TrainStepOptions,
): Promise<StepMetrics> {
  const metrics = tf.tidy(() => {
    const images = imagesTensor(batch);
    const labels = labelsTensor(batch);
    const mixed = mixedTarget(batch);
    const mainLabels = mixed && mixed.weight < 0.5 ? mixed.labels : labels;
    let correct: tf.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor2D;
      correct = tf.keep(countCorrect(logits, mainLabels));
      const loss = crossEntropy(logits, labels, { labelSmoothing, mixed, classWeights });
      return penaltiesOf(model).reduce((sum, penalty) => tf.add(sum, penalty), loss);
    }, [...optimizer.variables.values()]);
    optimizer.update(byWeightName(grads, optimizer.variables), { learningRate, step });
    applyConstraints(model);
    const result = tf.stack([value, correct!]);
    correct!.dispose();
    return result;
  });
  const [loss, correct] = await metrics.data();
  metrics.dispose();
  return { loss: loss!, correct: correct! };
}

/** `variableGrads` keys by the variables' own names, which differ from process to process. */
function byWeightName(grads: tf.NamedTensorMap, variables: NamedVariables): Map<string, tf.Tensor> {
  const entries = [...variables].map(([name, variable]) => [name, grads[variable.name]] as const);
  return new Map(entries.filter((entry): entry is readonly [string, tf.Tensor] => entry[1] != null));
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
