/** SGD and AdamW over @convkit/ops' fused updates, with slots keyed by weight name. */
import { adamWUpdate, sgdUpdate } from "@convkit/ops";
import type { OptimizerSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import type { NamedVariables } from "./named-tensors.js";

export interface UpdateOptions {
  readonly learningRate: number;
  /** Number of this update, from 1. */
  readonly step: number;
}

export interface Optimizer {
  /**
   * One update of every variable that has a gradient; weight decay is decoupled and spares weights of rank 0
   * and 1 (biases, batch norm), as timm and the ResNet recipes do.
   * @param gradients by weight name; the caller disposes them.
   */
  update(gradients: ReadonlyMap<string, tf.Tensor>, options: UpdateOptions): void;
  /** What it updates. */
  readonly variables: NamedVariables;
  /** What it remembers, named `<weight>/<slot>`; they belong to the optimizer. */
  readonly slots: NamedVariables;
  dispose(): void;
}

/** @returns the new variable, then its new slots in the order of the kind's names. */
type UpdateRule = (
  tensors: { param: tf.Tensor; grad: tf.Tensor; slots: readonly tf.Tensor[] },
  options: UpdateOptions & { readonly weightDecay: number },
) => readonly tf.Tensor[];

interface OptimizerKind {
  readonly slotNames: readonly string[];
  readonly weightDecay: number;
  readonly rule: UpdateRule;
}

/** @param variables the trainable weights; their slots start at 0. */
export function createOptimizer(spec: OptimizerSpec, variables: NamedVariables): Optimizer {
  const { slotNames, weightDecay, rule } = kindOf(spec);
  const slots = new Map<string, tf.Variable>();
  for (const [name, variable] of variables) {
    for (const slotName of slotNames) {
      const slot = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
      slots.set(`${name}/${slotName}`, slot);
    }
  }
  return {
    variables,
    slots,
    update(gradients, options) {
      for (const [name, grad] of gradients) {
        const param = variables.get(name)!;
        const targets = [param, ...slotNames.map((slot) => slots.get(`${name}/${slot}`)!)];
        const decay = param.rank > 1 ? weightDecay : 0;
        const updated = rule({ param, grad, slots: targets.slice(1) }, { ...options, weightDecay: decay });
        targets.forEach((target, i) => {
          target.assign(updated[i]!);
          updated[i]!.dispose();
        });
      }
    },
    dispose: () => tf.dispose([...slots.values()]),
  };
}

function kindOf(spec: OptimizerSpec): OptimizerKind {
  switch (spec.name) {
    case "sgd": {
      const { momentum, nesterov } = spec;
      return {
        slotNames: ["velocity"],
        weightDecay: spec.weightDecay,
        rule: ({ param, grad, slots: [velocity] }, { learningRate, weightDecay }) =>
          sgdUpdate({ param, grad, velocity: velocity! }, { learningRate, momentum, nesterov, weightDecay }),
      };
    }
    case "adamw": {
      const { beta1, beta2, epsilon } = spec;
      return {
        slotNames: ["firstMoment", "secondMoment"],
        weightDecay: spec.weightDecay,
        rule: ({ param, grad, slots: [firstMoment, secondMoment] }, options) =>
          adamWUpdate(
            { param, grad, firstMoment: firstMoment!, secondMoment: secondMoment! },
            { ...options, beta1, beta2, epsilon },
          ),
      };
    }
    default:
      return spec satisfies never;
  }
}
