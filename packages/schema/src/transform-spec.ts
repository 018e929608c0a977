/** What is done to pictures before the network sees them. torchvision's names. */
import { z } from "zod";
import { AUGMENTATION_POLICIES } from "./augmentation-policies.js";
import { COLOR_TRANSFORMS } from "./color-transforms.js";
import { GEOMETRIC_TRANSFORMS, RANDOM_ERASING } from "./geometric-transforms.js";
import { ModuleSpec } from "./module-spec.js";
import { expandNameOrPath, withShortForms } from "./short-forms.js";
import { explainUnion } from "./union-error.js";

/** Sizes are [height, width] in pixels; `mean` and `std` are of pixels scaled to 0…1. */
export const BuiltinTransformSpec = z.discriminatedUnion("name", [
  ...GEOMETRIC_TRANSFORMS,
  ...COLOR_TRANSFORMS,
  ...AUGMENTATION_POLICIES,
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
  RANDOM_ERASING,
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

const MEANT_FOR_PIXELS = new Set<string>(
  [...COLOR_TRANSFORMS, ...AUGMENTATION_POLICIES].map(({ shape }) => shape.name.value),
);

/** In the order in which they are done. */
export const TransformList = z.array(TransformSpec).superRefine((specs, context) => {
  const normalized = specs.findIndex((spec) => "name" in spec && spec.name === "Normalize");
  if (normalized < 0) return;
  for (const [index, spec] of specs.entries()) {
    if (index > normalized && "name" in spec && MEANT_FOR_PIXELS.has(spec.name)) {
      const message = `Expected ${spec.name} before Normalize. Received: behind it, where values are no colours any more`;
      context.addIssue({ code: "custom", message, path: [index] });
    }
  }
});
