/** Which pictures an epoch of training is made of: every one once, or some of them more often than others. */
import { z } from "zod";
import { named } from "./short-forms.js";

/** A string is a name. `Sampling` of @convkit/data says what each does, and whose it is. */
export const SamplingSpec = named(
  z.discriminatedUnion("name", [
    z.strictObject({ name: z.literal("shuffle").describe("Every picture once, in a new order") }),
    z.strictObject({
      name: z
        .literal("class-balanced")
        .describe("Drawn with replacement, every class equally often in expectation"),
    }),
    z.strictObject({
      name: z.literal("weighted").describe("Drawn with replacement, by weights of the classes"),
      weights: z
        .record(z.string(), z.number().min(0))
        .describe("By class name: how often a picture is drawn beside one of weight 1, which others have"),
    }),
    z.strictObject({
      name: z
        .literal("repeated-augmentation")
        .describe("Fewer pictures an epoch, each several times, augmented anew"),
      repeats: z.int().min(2).default(3).describe("How often each comes"),
    }),
  ]),
);
export type SamplingSpec = z.infer<typeof SamplingSpec>;
