/**
 * Many runs that look for the best values of some fields of a config: grid and random search (Bergstra & Bengio 2012,
 * https://jmlr.org/papers/v13/bergstra12a.html) and successive halving (Jamieson & Talwalkar 2016,
 * https://arxiv.org/abs/1502.07943). Names are those of Optuna and of W&B's sweeps where these agree.
 */
import { z } from "zod";
import { isHigherBetter } from "./monitor-spec.js";
import { named } from "./short-forms.js";

/** Of a sweep's folder, and what its runs are found by. */
export const SweepName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    "Expected letters, digits, dots, underscores and hyphens, at most 100 of them",
  );

/** Each trial is a run, and its config is checked before the first begins. */
const MOST_TRIALS = 10_000;
const PositiveInt = z.int().positive();
const Trials = PositiveInt.max(MOST_TRIALS).describe("How many sets of values are drawn");
const Seed = z.int().min(0).max(0xffffffff).default(0).describe("Decides the values that are drawn");

const SweepMethod = named(
  z.discriminatedUnion("name", [
    z.strictObject({ name: z.literal("grid").describe("Every combination of the values") }),
    z.strictObject({
      name: z.literal("random").describe("Values drawn at random, none twice"),
      trials: Trials,
      seed: Seed,
    }),
    z
      .strictObject({
        name: z
          .literal("successive-halving")
          .describe("As random, with few epochs at first; the best of them go on with more"),
        trials: Trials,
        eta: z.int().min(2).default(3).describe("One in so many goes on, with so many times the epochs"),
        minEpochs: PositiveInt.default(1).describe("Of the first rung, at least"),
        maxEpochs: PositiveInt.describe("Of the last rung"),
        seed: Seed,
      })
      .refine(({ minEpochs, maxEpochs }) => minEpochs <= maxEpochs, {
        error: "Expected at least minEpochs",
        path: ["maxEpochs"],
      })
      .refine(({ trials, ...rungs }) => trials >= rungs.eta ** (countRungs(rungs) - 1), {
        error:
          "Expected enough trials for one to reach the last rung: eta to the power of the rungs before it",
        path: ["trials"],
      }),
  ]),
);
export type SweepMethod = z.infer<typeof SweepMethod>;

/** As many as fit between the fewest and the most epochs, each with `eta` times the epochs of the one before. */
export function countRungs({
  eta,
  minEpochs,
  maxEpochs,
}: Readonly<Record<"eta" | "minEpochs" | "maxEpochs", number>>): number {
  let rungs = 1;
  for (let epochs = minEpochs * eta; epochs <= maxEpochs; epochs *= eta) rungs += 1;
  return rungs;
}

const Mode = z.enum(["auto", "min", "max"]);

const CHOOSING_METRICS = ["val_accuracy", "val_loss", "val_mean_average_precision", "val_macro_f1"];

const SweepMetric = named(
  z.strictObject({
    name: z
      .string()
      .refine((name) => CHOOSING_METRICS.includes(name), {
        error:
          "expected val_accuracy or val_loss, or of label sets val_mean_average_precision or val_macro_f1: what is chosen is chosen by validation pictures, so that test pictures " +
          "can judge it",
      })
      .describe(
        "val_accuracy or val_loss, or of label sets val_mean_average_precision or val_macro_f1; of the epoch whose weights the run keeps",
      ),
    mode: Mode.default("auto").describe(
      "Whether a lower or a higher value is better; auto: higher for an accuracy, a precision or an F1, else lower",
    ),
  }),
);
export type SweepMetric = z.infer<typeof SweepMetric>;

/** Whether more of it is better. */
export function isMaximized({ name, mode }: SweepMetric): boolean {
  return mode === "auto" ? isHigherBetter(name) : mode === "max";
}

const Choice = z
  .strictObject({ values: z.array(z.json()).min(1).describe("What it may be; each is as likely") })
  .refine(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size === values.length, {
    error: "Expected each value once",
    path: ["values"],
  });
const Range = z
  .strictObject({
    min: z.number().describe("Smallest value"),
    max: z.number().describe("Largest value"),
    scale: z
      .enum(["linear", "log"])
      .default("linear")
      .describe("log: values are drawn evenly by their logarithm, as many from 0.01 to 0.1 as from 0.1 to 1"),
    integer: z.boolean().default(false).describe("Whole numbers alone, both ends included"),
  })
  .refine(({ min, max }) => min < max, { error: "Expected more than min", path: ["max"] })
  .refine(({ min, scale }) => scale === "linear" || min > 0, {
    error: "Expected more than 0 for a log scale",
    path: ["min"],
  })
  .refine(({ min, max, integer }) => !integer || (Number.isInteger(min) && Number.isInteger(max)), {
    error: "Expected whole ends of a range of whole numbers",
    path: ["integer"],
  });

export const SweepParameter = z.union([Choice, Range]);
export type SweepParameter = z.infer<typeof SweepParameter>;

/** What a sweep decides itself, or what only labels a run. */
const NOT_SWEPT = ["formatVersion", "name", "experiment", "tags", "sweep"];

const ConfigPath = z.string().regex(/^[^.=]+(\.[^.=]+)*$/, "Expected a dotted path of the config");

const Parameters = z.record(ConfigPath, SweepParameter).superRefine((parameters, context) => {
  const paths = Object.keys(parameters);
  if (paths.length === 0) context.addIssue({ code: "custom", message: "Expected a parameter at least" });
  for (const path of paths) {
    if (!NOT_SWEPT.includes(path.split(".")[0]!)) continue;
    context.addIssue({ code: "custom", path: [path], message: "Expected a field that decides a run" });
  }
});

export const SweepSpec = z
  .strictObject({
    formatVersion: z.literal(1).default(1).describe("Of this format"),
    name: SweepName.optional().describe("What the sweep is called; left out: as its file"),
    recipe: z.string().min(1).optional().describe("A whole config by name, under base"),
    base: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("Any part of a run's config: what all trials have in common"),
    method: SweepMethod.describe("Which values are tried"),
    metric: SweepMetric.prefault("val_accuracy").describe("What makes a trial the best one"),
    parameters: Parameters.describe(
      "What is tried, by dotted path of the config: { values } or { min, max, scale, integer }",
    ),
  })
  .superRefine(({ method, parameters }, context) => {
    const complain = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path: ["parameters", ...path], message });
    if (method.name === "successive-halving" && "epochs" in parameters)
      complain(["epochs"], "Expected other fields: successive halving decides the epochs itself");
    if (method.name !== "grid") return;
    let trials = 1;
    for (const [path, parameter] of Object.entries(parameters)) {
      if ("values" in parameter) trials *= parameter.values.length;
      else complain([path], "Expected values: a grid takes no range");
    }
    if (trials > MOST_TRIALS) complain([], `Expected at most ${MOST_TRIALS} combinations, not ${trials}`);
  });
/** A parsed spec: every default filled in. */
export type SweepSpec = z.infer<typeof SweepSpec>;
/** What a user writes. */
export type SweepSpecInput = z.input<typeof SweepSpec>;

/** In the config of a run that a sweep has made: which of its trials it is. */
export const SweepTrial = z.strictObject({
  id: SweepName.optional().describe("Of the sweep, and of no other; of a sweep of old, its name"),
  name: SweepName.describe("Of the sweep; another on this machine or elsewhere may be called so, too"),
  trial: PositiveInt.describe("Its number, from 1"),
  rung: z
    .int()
    .min(0)
    .optional()
    .describe("Of successive halving, the rung that this run was begun for, from 0"),
  rungs: z
    .array(
      z.strictObject({
        trials: PositiveInt.describe("How many trials reach it"),
        epochs: PositiveInt.describe("How long each of them trains"),
      }),
    )
    .optional()
    .describe("Of successive halving, how many trials reach each rung, and with how many epochs"),
  metric: z.string().describe("What makes a trial the best one"),
  mode: z.enum(["min", "max"]).describe("Whether a lower or a higher value is better"),
  parameters: z.array(z.string()).describe("Dotted paths of what is tried; the config holds the values"),
});
export type SweepTrial = z.infer<typeof SweepTrial>;
