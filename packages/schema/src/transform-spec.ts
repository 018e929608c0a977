/** What is done to pictures before the network sees them. torchvision's names. */
import { z } from "zod";
import { ModuleSpec } from "./module-spec.js";
import { expandNameOrPath, withShortForms } from "./short-forms.js";
import { explainUnion } from "./union-error.js";

const PositiveInt = z.int().positive();
const Size = z.tuple([PositiveInt, PositiveInt]);

/** Sizes are [height, width] in pixels; `mean` and `std` are of pixels scaled to 0…1. */
export const BuiltinTransformSpec = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("RandomCrop").describe("Cuts out a part at a random place"),
    size: Size.describe("[height, width] of the part, in pixels"),
    padding: z.int().min(0).default(0).describe("Border added on every side first, in pixels"),
    paddingMode: z
      .enum(["constant", "reflect"])
      .default("constant")
      .describe("What the border shows: black, or the picture mirrored"),
  }),
  z.strictObject({
    name: z.literal("RandomHorizontalFlip").describe("Mirrors left and right"),
    p: z.number().min(0).max(1).default(0.5).describe("Probability of mirroring"),
  }),
  z.strictObject({
    name: z.literal("Resize").describe("Scales bilinearly"),
    size: z
      .union([PositiveInt, Size])
      .describe("[height, width] in pixels, or one number: the shorter edge's length"),
  }),
  z.strictObject({
    name: z.literal("CenterCrop").describe("Cuts out the middle"),
    size: Size.describe("[height, width] of the part, in pixels"),
  }),
  z
    .strictObject({
      name: z.literal("Normalize").describe("(pixel − mean) / std, channel by channel"),
      mean: z.array(z.number()).min(1).describe("Of each channel, of pixels scaled to 0…1"),
      std: z.array(z.number().positive()).min(1).describe("Of each channel, of pixels scaled to 0…1"),
    })
    .refine(({ mean, std }) => mean.length === std.length, {
      error: "Expected one std for each mean",
      path: ["std"],
    }),
]);
export type BuiltinTransformSpec = z.infer<typeof BuiltinTransformSpec>;

/** A transform of ours or a module; a string is a name or a module's path. */
export const TransformSpec = withShortForms<
  string,
  z.ZodUnion<[typeof BuiltinTransformSpec, typeof ModuleSpec]>
>(
  z.union([BuiltinTransformSpec, ModuleSpec], {
    error: explainUnion(
      ["name", "module"],
      'a transform\'s name, a path to a module, or an object with "name" or "module"',
    ),
  }),
  { expand: expandNameOrPath, forms: [{ type: "string" }] },
);
export type TransformSpec = z.infer<typeof TransformSpec>;
