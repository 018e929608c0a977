/** The learning rate over a run, as a config says it; `schedule.ts` makes numbers of it. */
import { z } from "zod";
import { MonitorSpec } from "./monitor-spec.js";
import { named } from "./short-forms.js";

const PositiveInt = z.int().positive();
const WarmupFraction = z
  .number()
  .min(0)
  .lt(1)
  .describe("Fraction of all steps in which the rate first rises from 0");
const FinalFactor = z.number().min(0).max(1).describe("Last learning rate ÷ the highest");

const Step = z
  .strictObject({
    name: z.literal("step").describe("Falls by a factor, every so many epochs or after given ones"),
    gamma: z.number().gt(0).max(1).default(0.1).describe("What the rate is multiplied by each time"),
    stepEpochs: z.number().positive().optional().describe("Epochs from one fall to the next, 2.5 is allowed"),
    milestones: z
      .array(z.number().positive())
      .min(1)
      .optional()
      .describe("Epochs after which the rate falls, in place of stepEpochs"),
    warmupFraction: WarmupFraction.default(0),
  })
  .refine(({ stepEpochs, milestones }) => (stepEpochs === undefined) !== (milestones === undefined), {
    error: "Expected either stepEpochs or milestones",
  })
  .refine(({ milestones = [] }) => milestones.every((epoch, i) => i === 0 || epoch > milestones[i - 1]!), {
    error: "Expected milestones each later than the one before",
    path: ["milestones"],
  });

/** Learning rate per step. `warmupFraction` and `pctStart` are fractions of all steps. A string is a name. */
export const ScheduleSpec = named(
  z.discriminatedUnion("name", [
    z.strictObject({
      name: z.literal("constant").describe("The same learning rate at every step"),
      warmupFraction: WarmupFraction.default(0),
    }),
    z.strictObject({
      name: z.literal("cosine").describe("Falls along half a cosine"),
      warmupFraction: WarmupFraction.default(0.05),
      finalFactor: FinalFactor.default(0),
    }),
    z.strictObject({
      name: z.literal("one-cycle").describe("Rises, then falls"),
      pctStart: z.number().gt(0).lt(1).default(0.3).describe("Fraction of all steps in which the rate rises"),
      divFactor: z.number().positive().default(25).describe("The highest learning rate ÷ the first"),
      finalDivFactor: z.number().positive().default(1e4).describe("The first learning rate ÷ the last"),
      anneal: z.enum(["cos", "linear"]).default("cos").describe("Along a cosine or a straight line"),
    }),
    Step,
    z.strictObject({
      name: z
        .literal("exponential")
        .describe("Falls by the same factor in every epoch, a little at each step"),
      gamma: z.number().gt(0).max(1).default(0.95).describe("What the rate is multiplied by in an epoch"),
      warmupFraction: WarmupFraction.default(0),
    }),
    z.strictObject({
      name: z.literal("polynomial").describe("Falls with a power of what is left of the run"),
      power: z.number().positive().default(1).describe("1: along a straight line; more: steeper at first"),
      warmupFraction: WarmupFraction.default(0),
      finalFactor: FinalFactor.default(0),
    }),
    z.strictObject({
      name: z.literal("triangular").describe("Rises, then falls, along straight lines"),
      startFactor: z.number().min(0).max(1).default(0.2).describe("First learning rate ÷ the highest"),
      peakFraction: z
        .number()
        .min(0)
        .lt(1)
        .default(0.23)
        .describe("Fraction of all steps in which the rate rises"),
      finalFactor: FinalFactor.default(0.07),
    }),
    MonitorSpec.extend({
      name: z.literal("reduce-on-plateau").describe("Falls by a factor whenever a metric stops improving"),
      factor: z.number().gt(0).lt(1).default(0.1).describe("What the rate is multiplied by each time"),
      patience: PositiveInt.default(5).describe("Epochs without improvement after which the rate falls"),
      minDelta: z.number().min(0).default(1e-4).describe("How much better counts as better"),
      cooldown: z.int().min(0).default(0).describe("Epochs after a fall in which none is counted"),
      minimum: z.number().min(0).default(0).describe("Learning rate below which none falls"),
      warmupFraction: WarmupFraction.default(0),
    }),
  ]),
);
export type ScheduleSpec = z.infer<typeof ScheduleSpec>;
