/** What looking at every picture of a data set tells beyond its card: sizes, copies, and pictures that judge what they taught. */
import { z } from "zod";
import { DatasetCard } from "./dataset-card.js";
import { HoldingSpec } from "./run-config.js";

/** Rising, without gaps; `to` of the last is null where it has no bound. */
const Histogram = z.array(z.object({ from: z.number(), to: z.number().nullable(), count: z.int() })).max(100);
export type Histogram = z.infer<typeof Histogram>;

const Spread = z.object({ min: z.int(), median: z.int(), max: z.int() });

export const SimilarPicture = z.object({
  id: z.string(),
  split: z.string().max(100),
  className: z.string(),
  similarity: z
    .number()
    .describe(
      "To the first picture of its group: correlation of what the mean picture leaves, 1 for the same file",
    ),
});
export type SimilarPicture = z.infer<typeof SimilarPicture>;

export const DuplicateGroup = z.object({
  kind: z.enum(["exact", "near"]).describe("exact: the same bytes"),
  count: z.int(),
  pictures: z
    .array(SimilarPicture)
    .describe("Train before validation before test; all, or the first of them"),
  isLeak: z.boolean().describe("They are in more than one split"),
  isConflict: z.boolean().describe("They have more than one label"),
});
export type DuplicateGroup = z.infer<typeof DuplicateGroup>;

export const DatasetInspection = z.object({
  formatVersion: z.literal(1),
  card: DatasetCard,
  holding: HoldingSpec.optional().describe(
    "Of the config's data, what made the splits that were judged; absent where the data set has them all itself",
  ),
  sizes: z
    .object({
      height: Spread,
      width: Spread,
      /** Of the shorter edge, in pixels. */
      shorterEdge: Histogram,
      /** Width ÷ height. */
      aspectRatio: Histogram,
      mostFrequent: z.array(z.object({ height: z.int(), width: z.int(), count: z.int() })).max(100),
    })
    .describe("Of the pictures as a viewer shows them, before any resizing"),
  duplicates: z.object({
    minSimilarity: z.number().describe("From which on two pictures are taken for nearly the same"),
    groupCount: z.int(),
    pictureCount: z.int().describe("Pictures that one could do without: all but the first of each group"),
    conflictCount: z.int().describe("Groups with more than one label"),
    groups: z
      .array(DuplicateGroup)
      .describe("Those that leak or disagree before others; all, or the first of them"),
  }),
  leakage: z
    .array(
      z.object({
        split: z.string(),
        into: z.string(),
        exact: z.int(),
        near: z.int(),
      }),
    )
    .max(10)
    .describe("Pictures of `split` that are, exactly or nearly, in the split `into` that is learnt from"),
});
export type DatasetInspection = z.infer<typeof DatasetInspection>;

const BoundedPicture = SimilarPicture.extend({
  id: z.string().max(4096),
  className: z.string().max(4096),
});

/**
 * As it travels to a server: with the first files left out, the first groups of copies, and the first copies of each, long
 * names of theirs cut. The counts are of all.
 */
export const BoundedInspection = DatasetInspection.extend({
  card: DatasetCard.extend({ badFiles: DatasetCard.shape.badFiles.unwrap().max(1000).default([]) }),
  duplicates: DatasetInspection.shape.duplicates.extend({
    groups: z.array(DuplicateGroup.extend({ pictures: z.array(BoundedPicture).max(100) })).max(1000),
  }),
});
