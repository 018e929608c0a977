/** What each optimizer remembers of a weight, and its update over @convkit/ops. */
import { adamWUpdate, lionUpdate, muonUpdate, rmsPropUpdate, sgdUpdate } from "@convkit/ops";
import type { OptimizerSpec } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { mixesValues } from "./weight-settings.js";

export interface RuleTensors {
  readonly name: string;
  readonly param: tf.Tensor;
  readonly grad: tf.Tensor;
  /** In the order of `slotNames`. */
  readonly slots: readonly tf.Tensor[];
}

export interface RuleOptions {
  readonly learningRate: number;
  /** Number of this update, from 1. */
  readonly step: number;
  readonly weightDecay: number;
}

export interface UpdateRule {
  readonly slotNames: readonly string[];
  /** @returns the new variable, then its new slots in the order of their names. */
  readonly update: (tensors: RuleTensors, options: RuleOptions) => readonly tf.Tensor[];
}

/** Names of tfjs's depthwise kernels end so. */
const DEPTHWISE = "/depthwise_kernel";

export function updateRuleOf(spec: OptimizerSpec): UpdateRule {
  switch (spec.name) {
    case "sgd": {
      const { momentum, nesterov } = spec;
      const coupled = spec.decay === "coupled";
      return {
        slotNames: ["velocity"],
        update: ({ param, grad, slots: [velocity] }, { learningRate, weightDecay }) =>
          sgdUpdate(
            { param, grad, velocity: velocity! },
            { learningRate, momentum, nesterov, weightDecay, coupled },
          ),
      };
    }
    case "adam":
    case "adamw": {
      const { beta1, beta2, epsilon } = spec;
      return {
        slotNames: ["firstMoment", "secondMoment"],
        update: ({ param, grad, slots: [firstMoment, secondMoment] }, options) =>
          adamWUpdate(
            { param, grad, firstMoment: firstMoment!, secondMoment: secondMoment! },
            { ...options, beta1, beta2, epsilon },
          ),
      };
    }
    case "rmsprop": {
      const { smoothing, momentum, epsilon } = spec;
      return {
        slotNames: ["meanSquare", "velocity"],
        update: ({ param, grad, slots: [meanSquare, velocity] }, { learningRate, weightDecay }) =>
          rmsPropUpdate(
            { param, grad, meanSquare: meanSquare!, velocity: velocity! },
            { learningRate, smoothing, momentum, epsilon, weightDecay },
          ),
      };
    }
    case "lion": {
      const { beta1, beta2 } = spec;
      return {
        slotNames: ["average"],
        update: ({ param, grad, slots: [average] }, { learningRate, weightDecay }) =>
          lionUpdate({ param, grad, average: average! }, { learningRate, beta1, beta2, weightDecay }),
      };
    }
    case "muon": {
      const { momentum, nesterov, iterations, normalize, otherLearningRate, otherMomentum } = spec;
      const coupled = spec.decay === "coupled";
      return {
        slotNames: ["velocity"],
        update: ({ name, param, grad, slots: [velocity] }, { learningRate, weightDecay }) => {
          const tensors = { param, grad, velocity: velocity! };
          if (param.rank !== 4 || !mixesValues(name, param)) {
            return sgdUpdate(tensors, {
              learningRate: learningRate * otherLearningRate,
              momentum: otherMomentum,
              nesterov: true,
              weightDecay,
              coupled,
            });
          }
          const depthwise = name.endsWith(DEPTHWISE);
          return muonUpdate(tensors, {
            learningRate,
            momentum,
            nesterov,
            weightDecay,
            iterations,
            normalize,
            depthwise,
          });
        },
      };
    }
    default:
      return spec satisfies never;
  }
}
