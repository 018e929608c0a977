/** What each optimizer remembers of a weight, and its update over @convkit/ops. */
import type { VariableStep } from "@convkit/ops";
import type { OptimizerSpec } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { mixesValues } from "./weight-settings.js";

export interface RuleTensors {
  readonly name: string;
  readonly param: tf.Variable;
  readonly grad: tf.Tensor;
  /** In the order of `slotNames`. */
  readonly slots: readonly tf.Variable[];
}

export interface RuleOptions {
  readonly learningRate: number;
  /** Number of this update, from 1. */
  readonly step: number;
  readonly weightDecay: number;
}

export interface UpdateRule {
  readonly slotNames: readonly string[];
  /** What one update does to the variable and its slots. */
  readonly stepOf: (tensors: RuleTensors, options: RuleOptions) => VariableStep;
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
        stepOf: ({ param, grad, slots: [velocity] }, { learningRate, weightDecay }) => ({
          update: "SgdUpdate",
          inputs: { param, grad, velocity: velocity! },
          attrs: { learningRate, momentum, nesterov, weightDecay, coupled },
        }),
      };
    }
    case "adam":
    case "adamw": {
      const { beta1, beta2, epsilon } = spec;
      return {
        slotNames: ["firstMoment", "secondMoment"],
        stepOf: ({ param, grad, slots: [firstMoment, secondMoment] }, options) => ({
          update: "AdamWUpdate",
          inputs: { param, grad, firstMoment: firstMoment!, secondMoment: secondMoment! },
          attrs: { ...options, beta1, beta2, epsilon },
        }),
      };
    }
    case "rmsprop": {
      const { smoothing, momentum, epsilon } = spec;
      return {
        slotNames: ["meanSquare", "velocity"],
        stepOf: ({ param, grad, slots: [meanSquare, velocity] }, { learningRate, weightDecay }) => ({
          update: "RmsPropUpdate",
          inputs: { param, grad, meanSquare: meanSquare!, velocity: velocity! },
          attrs: { learningRate, smoothing, momentum, epsilon, weightDecay },
        }),
      };
    }
    case "lion": {
      const { beta1, beta2 } = spec;
      return {
        slotNames: ["average"],
        stepOf: ({ param, grad, slots: [average] }, { learningRate, weightDecay }) => ({
          update: "LionUpdate",
          inputs: { param, grad, average: average! },
          attrs: { learningRate, beta1, beta2, weightDecay },
        }),
      };
    }
    case "muon": {
      const { momentum, nesterov, iterations, normalize, otherLearningRate, otherMomentum } = spec;
      const coupled = spec.decay === "coupled";
      return {
        slotNames: ["velocity"],
        stepOf: ({ name, param, grad, slots: [velocity] }, { learningRate, weightDecay }) => {
          const inputs = { param, grad, velocity: velocity! };
          if (param.rank !== 4 || !mixesValues(name, param)) {
            return {
              update: "SgdUpdate",
              inputs,
              attrs: {
                learningRate: learningRate * otherLearningRate,
                momentum: otherMomentum,
                nesterov: true,
                weightDecay,
                coupled,
              },
            };
          }
          const depthwise = name.endsWith(DEPTHWISE);
          return {
            update: "MuonUpdate",
            inputs,
            attrs: { learningRate, momentum, nesterov, weightDecay, iterations, normalize, depthwise },
          };
        },
      };
    }
    default:
      return spec satisfies never;
  }
}
