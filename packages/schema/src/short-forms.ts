/** What a config's writer may say shorter: a string, or a list of layers, in place of the object that it stands for. */
import { z } from "zod";

/** JSON Schema of the short forms, beside that of the long one; `runConfigJsonSchema` joins the two. */
const SHORT_FORMS = "shortForms";

/**
 * A schema that also takes short forms. Errors are the long form's own.
 * @param forms JSON Schema of each short form.
 */
export function withShortForms<Short, Schema extends z.ZodType>(
  schema: Schema,
  { expand, forms }: { expand: (value: unknown) => unknown; forms: readonly z.core.JSONSchema.BaseSchema[] },
) {
  return z
    .preprocess((value: Short | z.input<Schema>) => expand(value), schema)
    .meta({ [SHORT_FORMS]: forms });
}

/** A choice of variants by name, which a string alone may name. */
export function named<Schema extends z.ZodType>(schema: Schema) {
  return withShortForms<string, Schema>(schema, { expand: expandName, forms: [{ type: "string" }] });
}

/** `override` of `z.toJSONSchema`: a field with short forms may be any of them, or the long form. */
export function joinShortForms({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { [SHORT_FORMS]: forms, default: initial, description, ...long } = jsonSchema;
  if (!Array.isArray(forms)) return;
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  Object.assign(jsonSchema, {
    ...(description !== undefined && { description }),
    ...(initial !== undefined && { default: initial }),
    anyOf: [...(forms as z.core.JSONSchema.BaseSchema[]), long],
  });
}

/** `"adamw"` → `{ name: "adamw" }`. */
function expandName(value: unknown): unknown {
  return typeof value === "string" ? { name: value } : value;
}

/** `"RandomHorizontalFlip"` → `{ name }`; a path (with a slash, or ending as JavaScript or TypeScript does) → `{ module }`. */
export function expandNameOrPath(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return /[/\\]|\.[mc]?[jt]s$/.test(value) ? { module: value } : { name: value };
}

/** `"./count.mjs"` → `{ module: "./count.mjs" }`. */
export function expandPath(value: unknown): unknown {
  return typeof value === "string" ? { module: value } : value;
}

/** As `expandNameOrPath`; `[layers …]` → `{ layers }`. */
export function expandModel(value: unknown): unknown {
  return Array.isArray(value) ? { layers: value as unknown[] } : expandNameOrPath(value);
}

/**
 * A config, or a part of one, with its short forms spelled out, so that another part can be laid over it key by key.
 * Nothing is checked.
 */
export function expandShortForms(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      Object.hasOwn(EXPANSIONS, key) ? EXPANSIONS[key]?.(value) : value,
    ]),
  );
}

const EXPANSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  model: expandModel,
  loss: expandName,
  optimizer: expandName,
  sampling: expandName,
  schedule: expandName,
  transforms: expandTransforms,
  callbacks: (value) => (Array.isArray(value) ? value.map(expandPath) : value),
};

function expandTransforms(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([phase, list]: [string, unknown]) => [
      phase,
      Array.isArray(list) ? list.map(expandNameOrPath) : list,
    ]),
  );
}
