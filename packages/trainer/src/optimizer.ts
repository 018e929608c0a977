/** An optimizer over a network's weights, with slots keyed by weight name. */
import { updateVariables, type VariableStep } from "@convkit/ops";
import type { OptimizerSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import type { NamedVariables } from "./named-tensors.js";
import { updateRuleOf } from "./update-rules.js";
import { settleWeights } from "./weight-settings.js";

export interface UpdateOptions {
  readonly learningRate: number;
  /** Number of this update, from 1. */
  readonly step: number;
}

export interface Optimizer {
  /**
   * One update of every variable that has a gradient and does not rest by its group. Weight decay is decoupled unless
   * the config says otherwise, and spares weights of rank 0 and 1 (biases, batch norm) and those of `noDecay`.
   * @param gradients by weight name; the caller disposes them.
   */
  update(gradients: ReadonlyMap<string, tf.Tensor>, options: UpdateOptions): void;
  /** What it updates. */
  readonly variables: NamedVariables;
  /** Of these, without those that rest in the update of this number, whose gradients it makes no use of. */
  movingVariables(step: number): NamedVariables;
  /** What it remembers, named `<weight>/<slot>`; they belong to the optimizer. */
  readonly slots: NamedVariables;
  dispose(): void;
}

export interface OptimizerOptions {
  /** Needed where a group of weights has an `untilEpoch`, and beside `restingEpochs`. */
  readonly stepsPerEpoch?: number | undefined;
  /** By weight name, over those of the config: factors of the learning rate; 1 where there is none. */
  readonly learningRates?: ReadonlyMap<string, number> | undefined;
  /** By weight name: epochs in which a weight rests first, so that its own first update comes after them. */
  readonly restingEpochs?: ReadonlyMap<string, number> | undefined;
}

/**
 * @param variables the trainable weights; their slots start at 0.
 * @throws {WeightPatternError} if a pattern of the config matches none of them.
 */
export function createOptimizer(
  spec: OptimizerSpec,
  variables: NamedVariables,
  options: OptimizerOptions = {},
): Optimizer {
  const { slotNames, stepOf } = updateRuleOf(spec);
  const settings = settleWeights(spec, variables, options);
  const slots = new Map<string, tf.Variable>();
  for (const [name, variable] of variables) {
    for (const slotName of slotNames) {
      const slot = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
      slots.set(`${name}/${slotName}`, slot);
    }
  }
  function isMoving(name: string, step: number): boolean {
    const { firstStep, lastStep } = settings.get(name)!;
    return step >= firstStep && step <= lastStep;
  }

  return {
    variables,
    movingVariables: (step) => new Map([...variables].filter(([name]) => isMoving(name, step))),
    slots,
    update(gradients, { learningRate, step }) {
      const steps: VariableStep[] = [];
      for (const [name, grad] of gradients) {
        if (!isMoving(name, step)) continue;
        const { learningRate: factor, weightDecay, firstStep } = settings.get(name)!;
        const param = variables.get(name)!;
        const ofWeight = slotNames.map((slot) => slots.get(`${name}/${slot}`)!);
        const options = { learningRate: learningRate * factor, step: step - firstStep + 1, weightDecay };
        steps.push(stepOf({ name, param, grad, slots: ofWeight }, options));
      }
      updateVariables(steps);
    },
    dispose: () => tf.dispose([...slots.values()]),
  };
}
