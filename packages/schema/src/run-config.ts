/** Everything that decides a run. Parsed once, at the edge; a stored config replays the run. */
import { z } from "zod";
import { FreezeSpec } from "./freeze-spec.js";
import { LossSpec } from "./loss-spec.js";
import { TestTimeAugmentation } from "./model-card.js";
import { ModelSpec } from "./model-spec.js";
import { CallbackSpec } from "./module-spec.js";
import { MonitorSpec } from "./monitor-spec.js";
import { OptimizerSpec } from "./optimizer-spec.js";
import { RunId } from "./run-id.js";
import { RunTransforms } from "./run-transforms.js";
import { SamplingSpec } from "./sampling-spec.js";
import { EmaSpec, GradientClippingSpec, LookaheadSpec } from "./update-spec.js";
import { ScheduleSpec } from "./schedule-spec.js";
import { joinShortForms } from "./short-forms.js";
import { SweepTrial } from "./sweep-spec.js";
import { ResizeFit } from "./transform-fields.js";

const PositiveInt = z.int().positive();
/** In pixels: of a square picture as large as that, the bytes alone are 805 MB. */
const Edge = PositiveInt.max(16_384, "Expected at most 16,384 pixels an edge");

export const EngineName = z.enum(["native", "webgpu", "tensorflow-gpu", "tensorflow", "wasm", "cpu"]);
export type EngineName = z.infer<typeof EngineName>;
export const EnginePreference = z.union([z.literal("auto"), EngineName]);
export type EnginePreference = z.infer<typeof EnginePreference>;

export const Precision = z.enum(["f32", "bf16", "f16"]);
export type Precision = z.infer<typeof Precision>;

/** In Unicode mode, where an unknown escape is a mistake and not the letter itself. */
const GroupPattern = z.string().superRefine((pattern, context) => {
  try {
    // An empty alternative matches anything, and so tells how many captures there are.
    const captures = new RegExp(`${pattern}|`, "u").exec("")!.length - 1;
    if (captures === 1) return;
    const message = `Expected a regular expression with one capture, such as /(patient\\d+)_. Received: ${captures} captures`;
    context.addIssue({ code: "custom", message });
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

const HOLDING = {
  validationFraction: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe(
      "Of the training pictures, held back to validate on where the data set has no validation pictures",
    ),
  testFraction: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe(
      "Of the training pictures, held back to judge on at the end where the data set has no test pictures",
    ),
  splitSeed: z.int().min(0).default(0).describe("Decides which training pictures are held back"),
  folds: z
    .int()
    .min(2)
    .optional()
    .describe("Cross-validation: so many parts, one of which validates in place of validationFraction"),
  fold: z.int().min(0).default(0).describe("Which of the folds validates, from 0"),
  stratify: z
    .boolean()
    .default(false)
    .describe(
      "Holds back the exact part of every class; pictures that are added later may then move others across",
    ),
  group: GroupPattern.optional().describe(
    "Regular expression whose one capture names a picture's group by its id, such as /(patient\\d+)_; " +
      "pictures of one group are held back together",
  ),
};

/** How training pictures are held back where a data set does not say itself what validates and tests. */
export const HoldingSpec = z.object(HOLDING);
export type HoldingSpec = z.infer<typeof HoldingSpec>;

export const DataSpec = z
  .strictObject({
    source: z.string().min(1).describe("A name of the registry or a path"),
    root: z.string().optional().describe("Folder that already holds the named data set's files"),
    contentHash: z.string().optional().describe("Filled in when the run starts; a replay refuses other data"),
    ...HOLDING,
    maxBadFraction: z
      .number()
      .min(0)
      .max(1)
      .default(0.01)
      .describe(
        "Part of the pictures that may be unusable and are left out; if more are, nothing is trained",
      ),
    splits: z
      .string()
      .min(1)
      .optional()
      .describe(
        "CSV or JSON Lines (`convkit data export` writes it) with the split or the group of pictures by their ids; its " +
          "splits override those of the data set",
      ),
    annotationsHash: z
      .string()
      .optional()
      .describe(
        "Of class names in their order and of each picture's split and group; filled in when the run starts; a replay " +
          "refuses others",
      ),
    imageSize: z
      .tuple([Edge, Edge])
      .optional()
      .describe(
        "[height, width] that all pictures are resized to, each at most 16384; needed where sizes differ",
      ),
    imageFit: ResizeFit.optional().describe(
      "What becomes of pictures of another shape than imageSize: stretched (if left out), cropped to their middle, or " +
        "padded with black",
    ),
    multiLabel: z
      .boolean()
      .optional()
      .describe(
        "Whether pictures have any number of labels, none too: those of a manifest, several between | or as an array; each is " +
          "learnt by itself, by binary-cross-entropy; left out: one class each",
      ),
    noLabel: z
      .string()
      .min(1)
      .optional()
      .describe("With multiLabel, the label that says that there is none, such as No Finding"),
    limit: z
      .strictObject({
        train: PositiveInt.optional().describe("At most so many training pictures"),
        validation: PositiveInt.optional().describe("At most so many validation pictures"),
        test: PositiveInt.optional().describe("At most so many test pictures"),
      })
      .default({})
      .describe("Uses a part of each split, chosen by hash; all of it if left out"),
  })
  .refine(({ fold, folds }) => fold === 0 || (folds !== undefined && fold < folds), {
    error: "Expected a fold below the number of folds",
    path: ["fold"],
  })
  .refine(({ noLabel, multiLabel }) => noLabel === undefined || multiLabel === true, {
    error: "Expected multiLabel: true beside it, as a picture of one class has a label",
    path: ["noLabel"],
  });
export type DataSpec = z.infer<typeof DataSpec>;

/** Where a run goes on that another one began: with its weights, optimizer, random state and place in the data. */
export const ForkPoint = z.strictObject({
  runId: RunId.describe("Of the run that holds the checkpoint, whose folder lies beside that of the new one"),
  step: z
    .union([z.int().min(0), z.enum(["last", "best"])])
    .default("last")
    .describe(
      "Steps that the checkpoint is of; `last` and `best` are replaced by theirs when the run starts",
    ),
});
export type ForkPoint = z.infer<typeof ForkPoint>;

export const RunConfig = z.strictObject({
  formatVersion: z.literal(1).default(1).describe("Of this format"),
  name: z.string().optional().describe("What the run is called in lists and reports"),
  experiment: z.string().min(1).max(200).default("default").describe("Experiment that the run belongs to"),
  tags: z
    .array(z.string().min(1).max(200))
    .overwrite((tags) => [...new Set(tags)])
    .default([])
    .describe("Labels to find the run by"),
  seed: z.int().min(0).max(0xffffffff).default(0).describe("Decides first weights, order and augmentation"),
  engine: EnginePreference.default("auto").describe("What computes; auto: the fastest that is available"),
  precision: Precision.optional().describe(
    "What convolutions compute in: bf16 rounds what they multiply to 8 bits, several times as fast where the processor has it " +
      "(engine native; AMX or AVX512-BF16), f16 to 11 bits on a graphics card (engine webgpu; on its matrix units where it has them); " +
      "weights and sums stay f32, as everything does if left out",
  ),
  data: DataSpec.describe("What is learnt from"),
  transforms: RunTransforms.nullable()
    .prefault(null)
    .describe("What is done to pictures first: lists, or a preset by its name; null: light"),
  sampling: SamplingSpec.prefault({ name: "shuffle" }).describe(
    "Which training pictures an epoch is made of",
  ),
  model: ModelSpec.describe("The network: a name, a path to a module, or a list of layers"),
  loss: LossSpec.prefault({ name: "cross-entropy" }).describe("What training makes small"),
  optimizer: OptimizerSpec.prefault({ name: "sgd" }).describe("How a gradient becomes an update"),
  learningRate: z.number().positive().default(0.05).describe("The highest of the schedule"),
  schedule: ScheduleSpec.prefault({ name: "one-cycle" }).describe("The learning rate over the run"),
  epochs: PositiveInt.default(10).describe("Passes over the training pictures"),
  timeBudget: z
    .number()
    .positive()
    .optional()
    .describe(
      "Minutes from the first step to the judgement: where they are too few for all epochs, a schedule of as many steps as fit " +
        "is trained by; left out: no limit",
    ),
  batchSize: PositiveInt.default(128).describe("Pictures per step"),
  accumulate: PositiveInt.optional().describe(
    "Batches whose gradients make one step, for more pictures a step than memory holds; 1 if left out",
  ),
  freeze: FreezeSpec.optional().describe(
    "Stages of the network that rest, for transfer learning; left out: all of it is trained",
  ),
  stageDecay: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(
      "Discriminative learning rates: factor of the learning rate from each stage of the network to the one before it, " +
        "back from the head, which has the schedule's; 1 if left out",
    ),
  gradientClipping: GradientClippingSpec.optional().describe("Bounds gradients; left out: as they are"),
  ema: EmaSpec.optional().describe(
    "Exponential moving average of the weights, which is then validated, judged and kept; left out: none",
  ),
  lookahead: LookaheadSpec.optional().describe(
    "Slow weights that follow, and that the trained ones go back to; left out: none",
  ),
  testTimeAugmentation: TestTimeAugmentation.optional().describe(
    "Judges and uses the network by several views of a picture, mirrored and moved by a pixel: more accurate, and 2, 3 or 6 times " +
      "as slow; left out: by the picture alone",
  ),
  checkpoint: MonitorSpec.extend({
    everySteps: PositiveInt.optional().describe(
      "Steps after which a checkpoint is kept for itself, beside the best and the last one; left out: none is",
    ),
    keep: PositiveInt.optional().describe("How many of those are kept, the newest; 3 if left out"),
  })
    .refine(({ everySteps, keep }) => keep === undefined || everySteps !== undefined, {
      error: "Expected everySteps beside it, of whose checkpoints it counts the kept ones",
      path: ["keep"],
    })
    .prefault({ monitor: "val_accuracy" })
    .describe("Which epoch's weights are judged and kept: those with the best value"),
  earlyStopping: MonitorSpec.extend({
    patience: PositiveInt.default(5).describe("Epochs without improvement after which training ends"),
    minDelta: z.number().min(0).default(0).describe("How much better counts as better"),
  })
    .nullable()
    .default(null)
    .describe(
      "Ends training that no longer improves, and keeps the best weights by checkpoint.monitor; null: never",
    ),
  callbacks: z
    .array(CallbackSpec)
    .optional()
    .describe("Modules that watch the training and may end it, called in this order; left out: none"),
  sweep: SweepTrial.optional().describe(
    "Filled in by `convkit sweep`: which of its trials the run is, which is then judged by validation pictures alone",
  ),
  forkedFrom: ForkPoint.optional().describe(
    "Kept checkpoint of another run that this one goes on from; left out: it begins with the network's first weights",
  ),
});
/** A parsed config: every default filled in. */
export type RunConfig = z.infer<typeof RunConfig>;
/** What a user writes: defaults may be left out. */
export type RunConfigInput = z.input<typeof RunConfig>;

/** JSON Schema of what a user writes, short forms included, with every field's default and description. */
export function runConfigJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(RunConfig, { io: "input", override: joinShortForms });
}
