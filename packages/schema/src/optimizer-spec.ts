/** How a gradient becomes an update, and which weights are treated in another way than the rest. */
import { z } from "zod";
import { named } from "./short-forms.js";

const Fraction = z.number().min(0).lt(1);

/** In Unicode mode, where an unknown escape is a mistake and not the letter itself. */
const WeightPattern = z
  .string()
  .min(1)
  .superRefine((pattern, context) => {
    try {
      new RegExp(pattern, "u");
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
    }
  });

const WeightGroup = z.strictObject({
  weights: WeightPattern.describe(
    "Regular expression on the names of weights, such as ^whiten/bias$; the first group that matches counts",
  ),
  learningRate: z
    .number()
    .min(0)
    .default(1)
    .describe("Factor of the schedule's learning rate; 0: these weights rest"),
  weightDecay: z
    .number()
    .min(0)
    .optional()
    .describe(
      "Factor of the optimizer's weight decay; 0 spares these weights. Given, it counts for biases and batch norm too, " +
        "and before noDecay",
    ),
  untilEpoch: z
    .number()
    .positive()
    .optional()
    .describe("Epochs, 2.5 is allowed, after which these weights rest"),
});

const WEIGHTS = {
  noDecay: z
    .array(WeightPattern)
    .optional()
    .describe(
      "Regular expressions on the names of weights that no decay shrinks, besides biases and batch norm",
    ),
  groups: z
    .array(WeightGroup)
    .optional()
    .describe("Weights with another learning rate or weight decay than the rest"),
};

const WeightDecay = z
  .number()
  .min(0)
  .describe("Decoupled shrinking of the weights at each step; not of biases and batch norm");
const Decay = z
  .enum(["decoupled", "coupled"])
  .optional()
  .describe(
    "coupled: weight decay goes through the momentum, as an L2 penalty would and as PyTorch's SGD has it; decoupled if " +
      "left out",
  );
const Epsilon = z.number().positive().default(1e-8).describe("Added to the denominator");
const Adam = {
  beta1: Fraction.default(0.9).describe("Share kept of the gradient's moving average"),
  beta2: Fraction.default(0.999).describe("Share kept of the squared gradient's moving average"),
  epsilon: Epsilon,
};

/** A string is a name. */
export const OptimizerSpec = named(
  z.discriminatedUnion("name", [
    z.strictObject({
      name: z.literal("sgd").describe("Stochastic gradient descent"),
      momentum: Fraction.default(0.9).describe("Share of the last update that the next one keeps"),
      nesterov: z.boolean().default(true).describe("Whether momentum looks one step ahead"),
      weightDecay: WeightDecay.default(5e-4),
      decay: Decay,
      ...WEIGHTS,
    }),
    z.strictObject({
      name: z.literal("adam").describe("Moves every weight by its gradient's own scale"),
      ...Adam,
      weightDecay: WeightDecay.default(0),
      ...WEIGHTS,
    }),
    z.strictObject({
      name: z.literal("adamw").describe("Adam with decoupled weight decay"),
      ...Adam,
      weightDecay: WeightDecay.default(0.01),
      ...WEIGHTS,
    }),
    z.strictObject({
      name: z.literal("rmsprop").describe("Divides the gradient by its own scale"),
      smoothing: Fraction.default(0.99).describe("Share kept of the squared gradient's moving average"),
      momentum: Fraction.default(0).describe("Share of the last update that the next one keeps"),
      epsilon: Epsilon,
      weightDecay: WeightDecay.default(0),
      ...WEIGHTS,
    }),
    z.strictObject({
      name: z.literal("lion").describe("Moves every weight by the sign of its gradient's average"),
      beta1: Fraction.default(0.9).describe("Share of the average in what a step takes the sign of"),
      beta2: Fraction.default(0.99).describe("Share kept of the gradient's moving average"),
      weightDecay: WeightDecay.default(0),
      ...WEIGHTS,
    }),
    z.strictObject({
      name: z
        .literal("muon")
        .describe("Orthogonal updates of convolutions' filters; SGD with Nesterov momentum for the rest"),
      momentum: Fraction.default(0.6).describe(
        "Of the filters: share of the last update that the next one keeps",
      ),
      nesterov: z.boolean().default(true).describe("Of the filters: whether momentum looks one step ahead"),
      iterations: z
        .int()
        .min(1)
        .max(20)
        .default(5)
        .describe("Steps of Newton and Schulz towards an orthogonal update"),
      normalize: z
        .boolean()
        .default(true)
        .describe(
          "Brings a layer's filters to a norm of √filters before each step; weight decay then spares them",
        ),
      otherLearningRate: z
        .number()
        .min(0)
        .default(1)
        .describe("Factor of the learning rate for all weights but filters"),
      otherMomentum: Fraction.default(0.85).describe("Momentum of all weights but filters"),
      weightDecay: WeightDecay.default(5e-4),
      decay: Decay,
      ...WEIGHTS,
    }),
  ]),
);
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;
