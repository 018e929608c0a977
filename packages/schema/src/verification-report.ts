/** How far a classifier says the same in Node and in a browser: measured on pictures, for the model card and beside it. */
import { z } from "zod";
import { AnyNumber } from "./finite.js";

const Parity = z.object({
  /** Pictures compared. */
  count: z.int(),
  /** Over all pictures and classes. */
  largestLogitDifference: AnyNumber,
  /** Over all pictures, of each one's largest. */
  meanLogitDifference: AnyNumber,
  /** Share of pictures for which both say the same class; of label sets, share of labels of which both say the same. */
  agreement: AnyNumber,
});
export type Parity = z.infer<typeof Parity>;

export const Verification = z.object({
  /** ISO 8601, UTC. */
  verifiedAt: z.iso.datetime(),
  /** In Node: the engine's name, such as `native`. */
  engine: z.string(),
  /** Such as `Chromium 150.0.7871.100`. */
  browser: z.string(),
  /** tfjs's backend in the browser. */
  backend: z.enum(["wasm", "webgl", "cpu"]),
  /** Both sides were given the same pixels. */
  sameBytes: Parity,
  /** Each side decoded the pictures' files itself; left out where they are not files, or the browser could decode none. */
  files: Parity.optional(),
});
export type Verification = z.infer<typeof Verification>;

const NamedPicture = z.object({ id: z.string() });

/** `artifacts/verification.json` of a run. */
export const VerificationReport = Verification.extend({
  formatVersion: z.literal(1),
  runId: z.string(),
  /** The processor or graphics card that Node computed on. */
  device: z.string(),
  /** Of packages, and of tfjs in the browser as `browser tfjs`. */
  versions: z.record(z.string(), z.string()),
  /** The split the pictures are of; left out where they were named. */
  split: z.string().optional(),
  /**
   * Whether the same pixels gave logits within 1e-3 and the same classes throughout, files the same classes for 99 %, and the browser
   * could decode 99 % of them.
   */
  isAlike: z.boolean(),
  /** Pictures on which both sides say different classes; a hundred at most. */
  disagreements: z.array(
    NamedPicture.extend({
      node: z.string(),
      browser: z.string(),
      largestLogitDifference: AnyNumber,
      /** `pixels` where both were given the same ones; left out: each side decoded the file itself. */
      of: z.literal("pixels").optional(),
    }),
  ),
  /** Which the browser could not decode, and Node could; a hundred at most. */
  undecodable: z.array(NamedPicture.extend({ reason: z.string() })),
  /** How many these are in all; left out by versions that did not count them. */
  undecodableCount: z.int().optional(),
});
export type VerificationReport = z.infer<typeof VerificationReport>;
