/** Where a run's network looked: `artifacts/explanations/index.json`, beside the pictures that it names. */
import { z } from "zod";

export const ExplanationMethod = z.enum(["grad-cam", "grad-cam++", "integrated-gradients", "occlusion"]);
export type ExplanationMethod = z.infer<typeof ExplanationMethod>;

const ExplainedPicture = z.object({
  id: z.string(),
  /** Why it was chosen: among the surest mistakes, the least sure, or right for what may be a poor reason. */
  chosenAs: z.enum(["mistake", "uncertain", "poor-reason"]),
  /** Of label sets the explained label where the picture has it, else -1. */
  label: z.int(),
  /** Of label sets the explained label where the network says that it is there, else -1. */
  prediction: z.int(),
  /** Of the prediction; of label sets that the explained label is there. */
  probability: z.number(),
  /** The class whose evidence is shown. */
  explained: z.int(),
  /** A PNG beside this document: what the network was given, with the map over it. */
  file: z.string(),
  /** Where the map is largest, as shares of width and height from the top left; null of a map that is the same everywhere. */
  peak: z.object({ x: z.number(), y: z.number() }).nullable(),
  /** Of a `poor-reason`: evidence at the picture's edges, or the nearest training pictures of other classes, or without the label. */
  reasons: z.array(z.enum(["frame", "neighbours"])).optional(),
  /** Share of the evidence in the outer eighth of the picture. */
  frameShare: z.number().optional(),
  /** Share of the nearest training pictures that are of other classes, or without the label. */
  foreignShare: z.number().optional(),
});
export type ExplainedPicture = z.infer<typeof ExplainedPicture>;

/** Likeness of maps with those of the trained network while its weights are randomised from the output down. */
const SanityCheck = z.object({
  pictures: z.int(),
  stages: z.array(
    z.object({
      stage: z.string(),
      /** Spearman's ρ of the absolute maps, mean over the pictures. */
      rankCorrelation: z.number(),
    }),
  ),
});

export const Explanations = z.object({
  formatVersion: z.literal(1),
  method: ExplanationMethod,
  split: z.string(),
  classNames: z.array(z.string()),
  /** Pictures have any number of labels, and each is explained for one of them. */
  isMultiLabel: z.boolean().optional(),
  /** Right pictures in which a poor reason was looked for. */
  searched: z.int(),
  pictures: z.array(ExplainedPicture),
  sanity: SanityCheck.optional(),
});
export type Explanations = z.infer<typeof Explanations>;
