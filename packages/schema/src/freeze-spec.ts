/** Transfer learning: which stages of a network rest, and until when. */
import { z } from "zod";

export const FreezeSpec = z
  .strictObject({
    stages: z
      .union([z.literal("features"), z.array(z.string().min(1)).min(1)])
      .describe(
        "Stages that rest, by name, such as stem and stage1; features: all but the head. Their batch norm keeps its statistics",
      ),
    untilEpoch: z
      .int()
      .positive()
      .optional()
      .describe("Epochs after which they are trained too; left out: they rest for the whole run"),
    everyEpochs: z
      .int()
      .positive()
      .optional()
      .describe(
        "Gradual unfreezing: after untilEpoch the last of them is trained, and one more each time so many epochs have " +
          "passed, back to the first; left out: all at once",
      ),
  })
  .refine(({ untilEpoch, everyEpochs }) => everyEpochs === undefined || untilEpoch !== undefined, {
    error: "Expected an untilEpoch, after which the first stage is unfrozen",
    path: ["untilEpoch"],
  });
export type FreezeSpec = z.infer<typeof FreezeSpec>;
