/** What a data set is, without its pixels. */
import { z } from "zod";
import { ResizeFit } from "./transform-fields.js";

export const SplitName = z.enum(["train", "validation", "test"]);
export type SplitName = z.infer<typeof SplitName>;

export const DatasetCard = z.object({
  formatVersion: z.literal(1),
  name: z.string(),
  source: z.string().describe("Registry name or path it was opened from"),
  /** sha256 over ids, labels and bytes; the same pictures give the same hash wherever they lie. */
  contentHash: z.string(),
  classNames: z.array(z.string()),
  /** [height, width, channels]; null where sizes differ. */
  imageShape: z.tuple([z.int(), z.int(), z.int()]).nullable(),
  imageFit: ResizeFit.optional().describe(
    "How pictures of another shape were brought to that of imageShape; absent where none were, and where they were stretched",
  ),
  splits: z.record(
    z.string(),
    z.object({
      count: z.int(),
      perClass: z.array(z.int()).describe("Pictures of each class, or with each label"),
      chosenBy: z
        .enum(["hash", "stratified"])
        .optional()
        .describe("How pictures were held back for it; absent where the data set says itself"),
    }),
  ),
  isMultiLabel: z
    .boolean()
    .optional()
    .describe("Whether pictures have any number of labels; absent where each is of one class"),
  isMirrorable: z
    .boolean()
    .optional()
    .describe("Whether a mirrored picture is of the same class; absent where that is not known"),
  /** Per channel, of pixels scaled to 0…1, over the training split; absent until measured. */
  mean: z.array(z.number()).optional(),
  std: z.array(z.number()).optional(),
  decoding: z
    .enum(["full", "dct-scaled"])
    .optional()
    .describe(
      "Of encoded pictures of one size. dct-scaled: JPEGs of 7.5 times the size and more, and other pictures of more " +
        "than 32 Mi pixels, were scaled while they were decoded, to 2.5 times it, before they were resized",
    ),
  badFiles: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  badFileCount: z
    .int()
    .optional()
    .describe("How many there are, where badFiles lists the first alone; else absent"),
  warnings: z
    .array(z.string())
    .default([])
    .describe("What looks like a mistake in the data, a sentence each"),
});
export type DatasetCard = z.infer<typeof DatasetCard>;
