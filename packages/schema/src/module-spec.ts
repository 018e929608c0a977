/** A module of the user's own, in place of a network or a transform of ours, or as a callback. */
import { z } from "zod";
import { expandPath, withShortForms } from "./short-forms.js";

/** `.mjs` or `.ts`, and what is handed to its default export. */
export const ModuleSpec = z.strictObject({
  module: z
    .string()
    .min(1)
    .describe("Path of a module with a default export, relative to the working directory"),
  options: z.record(z.string(), z.unknown()).default({}).describe("What is handed to its default export"),
  sha256: z
    .string()
    .optional()
    .describe("Of the file, filled in when the run starts; going on with another one brings a warning"),
});
export type ModuleSpec = z.infer<typeof ModuleSpec>;

/** A module that makes a callback of the training; a string is its path. */
export const CallbackSpec = withShortForms<string, typeof ModuleSpec>(ModuleSpec, {
  expand: expandPath,
  forms: [{ type: "string" }],
});
