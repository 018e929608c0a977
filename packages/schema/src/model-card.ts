/** What stands beside a trained network's weights: all that is needed to use it on a picture. */
import { z } from "zod";
import { AnyNumber } from "./finite.js";
import { TransformSpec } from "./transform-spec.js";
import { Verification } from "./verification-report.js";

/** How several views of a picture answer for it. */
export const TestTimeAugmentation = z.enum(["flip", "translate", "flip-translate"]);
export type TestTimeAugmentation = z.infer<typeof TestTimeAugmentation>;

export const ModelCard = z.object({
  formatVersion: z.literal(1),
  name: z.string(),
  classNames: z.array(z.string()).min(1),
  /** [height, width, channels] of the network's input. */
  inputShape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  /** What evaluation did to a decoded uint8 picture before the network saw it. */
  preprocessing: z.array(TransformSpec),
  /**
   * What the network's output is: logits of one class a picture (softmax), their probabilities, or of each label by itself the
   * logit of whether the picture has it (sigmoid).
   */
  output: z.enum(["logits", "probabilities", "binary-logits"]),
  /** Which views of a picture the outputs are averaged over; the picture alone if left out. */
  testTimeAugmentation: TestTimeAugmentation.optional(),
  /**
   * What logits are divided by before they become probabilities, so that these can be taken at their word: temperature scaling,
   * fitted on so many pictures of that split (Guo et al. 2017, https://arxiv.org/abs/1706.04599). Left out: 1.
   */
  temperature: z.object({ value: z.number().positive(), split: z.string(), count: z.int() }).optional(),
  parameters: z.int(),
  /** The run it came from. */
  runId: z.string().optional(),
  dataset: z.object({ name: z.string(), contentHash: z.string() }).optional(),
  metrics: z.record(z.string(), AnyNumber).default({}),
  /** How far these weights say the same in Node and in a browser; left out: nobody has measured it. */
  verification: Verification.optional(),
});
export type ModelCard = z.infer<typeof ModelCard>;
