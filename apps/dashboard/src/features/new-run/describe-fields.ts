/**
 * The fields of a config's form, told by its JSON Schema: what each takes, its default, its help. What this does not
 * understand becomes a field for JSON, so that a schema which grows loses nothing.
 */
import { isObject, type Json, type JsonObject } from "./json-value";

interface FieldBase {
  /** Under which the value stands in its parent. */
  readonly key: string;
  readonly help: string;
  readonly required: boolean;
  /** What stands in for a value that is left out. */
  readonly initial: Json | undefined;
}

export type Field = FieldBase &
  (
    | { readonly kind: "text" | "switch" | "texts" | "json" }
    | { readonly kind: "number"; readonly integer: boolean }
    /** Numbers with commas between them; `orOne`: or a single one by itself. */
    | { readonly kind: "numbers"; readonly orOne: boolean }
    | { readonly kind: "choice"; readonly options: readonly string[] }
    | { readonly kind: "group"; readonly fields: readonly Field[] }
    /** One of several objects; `nullable`: or null; `optional`: or left out; `presets`: or one of these texts. */
    | {
        readonly kind: "variants";
        readonly variants: readonly Variant[];
        readonly nullable: boolean;
        readonly optional: boolean;
        readonly presets: readonly string[];
      }
    /** Objects one after another, each of some variant. */
    | { readonly kind: "list"; readonly variants: readonly Variant[] }
  );

export interface Variant {
  readonly id: string;
  readonly help: string;
  /** The property that tells it: one with a constant, or one that the others lack. */
  readonly tellingKey: string;
  readonly isTagged: boolean;
  /** With which it starts, and of which it is known where the telling property is a constant. */
  readonly start: JsonObject;
  readonly fields: readonly Field[];
}

type Schema = JsonObject;

export function describeFields(schema: Schema): Field[] {
  const required = textsOf(schema["required"]);
  return Object.entries(objectOf(schema["properties"]))
    .filter(([, property]) => isObject(property) && property["const"] === undefined)
    .map(([key, property]) => describeField(key, property as Schema, required.includes(key)));
}

function describeField(key: string, schema: Schema, required: boolean): Field {
  const base: FieldBase = { key, help: textOf(schema["description"]), required, initial: schema["default"] };
  const forms = formsOf(schema);
  const nullable = forms.some(({ type }) => type === "null");
  const objects = forms.filter(({ type }) => type === "object");
  const plain = forms.filter(({ type }) => type !== "null" && type !== "object");
  if (objects.length > 0) {
    const [only] = objects;
    const isFree = objects.length === 1 && only!["properties"] === undefined;
    // A list of numbers beside objects is none of these in short, as a list of layers is.
    const hasNumbers = plain.some(({ items }) => isNumber(objectOf(items)));
    if (isFree || hasNumbers) return { ...base, kind: "json" };
    // Left out it means something else than an empty object, in which every default holds.
    const optional = !required && base.initial === undefined;
    if (objects.length === 1 && !nullable && !optional && plain.length === 0 && !isTagged(only!)) {
      return { ...base, kind: "group", fields: describeFields(only!) };
    }
    const presets = plain.flatMap(optionsOf);
    return { ...base, kind: "variants", nullable, optional, presets, variants: variantsOf(objects, key) };
  }
  const options = plain.flatMap(optionsOf);
  if (options.length > 0 && plain.every((form) => optionsOf(form).length > 0)) {
    return { ...base, kind: "choice", options };
  }
  const arrays = plain.filter(({ type }) => type === "array");
  if (arrays.length > 0 && options.length === 0) return { ...base, ...describeArray(arrays[0]!, plain) };
  if (plain.length !== 1) return { ...base, kind: "json" };
  switch (plain[0]!["type"]) {
    case "string":
      return { ...base, kind: "text" };
    case "boolean":
      return { ...base, kind: "switch" };
    case "number":
    case "integer":
      return { ...base, kind: "number", integer: plain[0]!["type"] === "integer" };
    default:
      return { ...base, kind: "json" };
  }
}

const isNumber = ({ type }: Schema): boolean => type === "number" || type === "integer";

function describeArray(
  array: Schema,
  forms: readonly Schema[],
): { kind: "texts" | "json" } | { kind: "numbers"; orOne: boolean } | { kind: "list"; variants: Variant[] } {
  const { prefixItems, items } = array;
  const parts = Array.isArray(prefixItems) ? (prefixItems as Schema[]) : [objectOf(items)];
  if (parts.every(isNumber)) return { kind: "numbers", orOne: forms.some(isNumber) };
  if (forms.length > 1) return { kind: "json" };
  const itemForms = formsOf(objectOf(items));
  const objects = itemForms.filter(({ type, properties }) => type === "object" && properties !== undefined);
  if (objects.length > 0) return { kind: "list", variants: variantsOf(objects, "item") };
  return { kind: itemForms.every(({ type }) => type === "string") ? "texts" : "json" };
}

/** Alternatives however deep, and a schema without any as its only one. */
function formsOf(schema: Schema): Schema[] {
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(alternatives) ? (alternatives as Schema[]).flatMap(formsOf) : [schema];
}

function variantsOf(objects: readonly Schema[], key: string): Variant[] {
  return objects.map((object) => {
    const properties = objectOf(object["properties"]) as Record<string, Schema>;
    const tag = Object.entries(properties).find(([, { const: value }]) => typeof value === "string");
    if (tag) {
      const [tellingKey, { const: value, description }] = tag;
      const id = textOf(value);
      return {
        id,
        help: textOf(description),
        tellingKey,
        isTagged: true,
        start: { [tellingKey]: id },
        fields: describeFields(object),
      };
    }
    const required = textsOf(object["required"]);
    const [tellingKey = ""] = required;
    const fields = describeFields(object);
    const start = fields
      .filter((field) => required.includes(field.key))
      .map((field) => [field.key, field.kind === "list" ? [] : ""] as const);
    return {
      id: tellingKey || key,
      help: fields.find((field) => field.key === tellingKey)?.help ?? "",
      tellingKey,
      isTagged: false,
      start: Object.fromEntries(start),
      fields,
    };
  });
}

const isTagged = (object: Schema) =>
  Object.values(objectOf(object["properties"])).some(
    (property) => typeof objectOf(property)["const"] === "string",
  );

function optionsOf({ type, const: value, enum: values }: Schema): string[] {
  if (type !== "string") return [];
  return typeof value === "string" ? [value] : textsOf(values);
}

/**
 * A value without its short forms: a name or a path for an object that has one, a list for an object that holds one.
 */
export function spelledOut(value: Json | undefined, variants: readonly Variant[]): Json | undefined {
  const has = (id: string) => variants.some((variant) => variant.tellingKey === id);
  if (typeof value === "string") {
    const isModule = has("module") && /[/\\]|\.[mc]?[jt]s$/.test(value);
    return { [isModule ? "module" : "name"]: value };
  }
  if (Array.isArray(value) && has("layers")) return { layers: value };
  return value;
}

/** @returns undefined for what fits none. */
export function variantOf(value: Json | undefined, variants: readonly Variant[]): Variant | undefined {
  const long = spelledOut(value, variants);
  if (!isObject(long)) return undefined;
  return (
    variants.find(
      ({ isTagged: tagged, tellingKey, start }) => tagged && long[tellingKey] === start[tellingKey],
    ) ??
    variants.find(({ isTagged: tagged, tellingKey }) => !tagged && (tellingKey === "" || tellingKey in long))
  );
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const textsOf = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
