/** A run's pictures as its network sees them, on a plane, with their neighbours: `artifacts/projection.json`. */
import { z } from "zod";

export const Projection = z.object({
  formatVersion: z.literal(1),
  split: z.string(),
  classNames: z.array(z.string()),
  ids: z.array(z.string()),
  /** −1: unknown, or a set of labels. */
  labels: z.array(z.int()),
  /** Of all pictures, in the order of `ids`. */
  pca: z.object({
    x: z.array(z.number()),
    y: z.array(z.number()),
    /** Share of the features' variance along x and y. */
    explained: z.tuple([z.number(), z.number()]),
  }),
  /** Of those at `indices` of `ids`: all, or a sample with each label's share. Not there of fewer than three pictures. */
  umap: z.object({ indices: z.array(z.int()), x: z.array(z.number()), y: z.array(z.number()) }).optional(),
  /** Among a sample of the training pictures, by the cosine of their features. */
  neighbours: z.object({
    split: z.string(),
    ids: z.array(z.string()),
    labels: z.array(z.int()),
    /** Of each picture its nearest, nearest first, as places in these `ids`. */
    of: z.array(z.array(z.int())),
    similarity: z.array(z.array(z.number())),
  }),
});
export type Projection = z.infer<typeof Projection>;
