/** Updates of optimizers and moving averages in WGSL, element by element: formulas in @convkit/ops/kernel-names. */
import type * as names from "@convkit/ops/kernel-names";
import { VARIABLE_UPDATES, type VariableUpdateName } from "@convkit/ops/kernel-names";

export interface UpdateRule {
  readonly name: VariableUpdateName;
  /** Its inputs: what it changes first. */
  readonly changed: readonly string[];
  readonly read: readonly string[];
  /** Numbers, `f32` each, by the names that `wgsl` calls them; a boolean is 1 or 0. */
  readonly numbers: (attrs: never) => Readonly<Record<string, number>>;
  /**
   * Statements that set `new_<name>` of what is changed. Inputs go by their names, as `T`, and numbers as `a.<name>`.
   */
  readonly wgsl: string;
}

interface RuleText<Attrs> {
  readonly numbers: (attrs: Attrs) => Readonly<Record<string, number>>;
  readonly wgsl: string;
}

export const UPDATE_RULES: Readonly<Record<VariableUpdateName, UpdateRule>> = {
  SgdUpdate: ruleOf<names.SgdUpdateAttrs>("SgdUpdate", {
    numbers: ({ learningRate, momentum, nesterov, weightDecay, coupled = false }) => ({
      ...{ learningRate, momentum, nesterov: Number(nesterov) },
      coupledDecay: coupled ? weightDecay : 0,
      decay: coupled ? 0 : weightDecay,
    }),
    wgsl: `
  let gradient = grad + a.coupledDecay * param;
  new_velocity = a.momentum * velocity + gradient;
  let update = select(new_velocity, gradient + a.momentum * new_velocity, a.nesterov != 0.0);
  new_param = param - a.learningRate * (update + a.decay * param);`,
  }),
  AdamWUpdate: ruleOf<names.AdamWUpdateAttrs>("AdamWUpdate", {
    numbers: ({ learningRate, beta1, beta2, epsilon, weightDecay, step }) => ({
      ...{ learningRate, beta1, beta2, epsilon, weightDecay },
      rest1: 1 - beta1,
      rest2: 1 - beta2,
      correction1: 1 - beta1 ** step,
      correction2: 1 - beta2 ** step,
    }),
    wgsl: `
  new_firstMoment = a.beta1 * firstMoment + a.rest1 * grad;
  new_secondMoment = a.beta2 * secondMoment + a.rest2 * (grad * grad);
  let deviation = sqrt(new_secondMoment / a.correction2);
  new_param = param - a.learningRate * (new_firstMoment / a.correction1 / (deviation + a.epsilon) + a.weightDecay * param);`,
  }),
  RmsPropUpdate: ruleOf<names.RmsPropUpdateAttrs>("RmsPropUpdate", {
    numbers: ({ learningRate, smoothing, momentum, epsilon, weightDecay }) => ({
      ...{ learningRate, smoothing, momentum, epsilon, weightDecay },
      rest: 1 - smoothing,
    }),
    wgsl: `
  new_meanSquare = a.smoothing * meanSquare + a.rest * (grad * grad);
  new_velocity = a.momentum * velocity + grad / (sqrt(new_meanSquare) + a.epsilon);
  new_param = param - a.learningRate * (new_velocity + a.weightDecay * param);`,
  }),
  LionUpdate: ruleOf<names.LionUpdateAttrs>("LionUpdate", {
    numbers: ({ learningRate, beta1, beta2, weightDecay }) => ({
      ...{ learningRate, beta1, beta2, weightDecay },
      rest1: 1 - beta1,
      rest2: 1 - beta2,
    }),
    wgsl: `
  new_average = a.beta2 * average + a.rest2 * grad;
  new_param = param - a.learningRate * (sign(a.beta1 * average + a.rest1 * grad) + a.weightDecay * param);`,
  }),
  MoveTowards: ruleOf<names.MoveTowardsAttrs>("MoveTowards", {
    numbers: ({ share, factor = 1 }) => ({ share, factor }),
    wgsl: "new_average = average + (a.factor * value - average) * a.share;",
  }),
};

function ruleOf<Attrs>(name: VariableUpdateName, { numbers, wgsl }: RuleText<Attrs>): UpdateRule {
  return { name, ...VARIABLE_UPDATES[name], numbers, wgsl };
}
