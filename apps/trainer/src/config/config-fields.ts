/** Every key that a run's config may have, out of the schema itself: what is documented is what is parsed. */
import { runConfigJsonSchema } from "@convkit/schema";

export interface ConfigField {
  /**
   * Dotted, as `--set` takes it; `[]` stands for any item of a list. `optimizer.name=sgd` opens a variant: the keys
   * after it, up to the next of its kind, are that variant's.
   */
  readonly key: string;
  /** In words; empty where a variant is opened. */
  readonly type: string;
  /** As JSON; undefined where there is none. */
  readonly default: string | undefined;
  readonly isRequired: boolean;
  readonly description: string;
}

type JsonSchema = ReturnType<typeof runConfigJsonSchema>;

/** In the order of the schema, each object before its keys. Lists of the same items have their keys told once. */
export function listConfigFields(): ConfigField[] {
  return fieldsOf(runConfigJsonSchema(), "", new Set());
}

function fieldsOf(node: JsonSchema, prefix: string, told: Set<string>): ConfigField[] {
  return alternativesOf(node).flatMap((alternative) => {
    if (isSchema(alternative.items)) {
      const items = JSON.stringify(alternative.items);
      if (told.has(items)) return [];
      told.add(items);
      return fieldsOf(alternative.items, `${prefix}[]`, told);
    }
    return Object.entries(alternative.properties ?? {}).flatMap(([name, property]) => {
      if (!isSchema(property)) return [];
      const key = prefix === "" ? name : `${prefix}.${name}`;
      const field = describeField(key, property, alternative.required?.includes(name) ?? false);
      return [field, ...fieldsOf(property, key, told)];
    });
  });
}

function describeField(key: string, property: JsonSchema, isRequired: boolean): ConfigField {
  const { description = "", default: initial } = property;
  if (typeof property.const === "string") {
    return { key: `${key}=${property.const}`, type: "", default: undefined, isRequired: false, description };
  }
  return {
    key,
    type: describeType(property),
    default: initial === undefined ? undefined : JSON.stringify(initial),
    isRequired: isRequired && initial === undefined,
    description,
  };
}

/** The choices of a union, and of unions in it. */
function alternativesOf(node: JsonSchema): JsonSchema[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].filter(isSchema);
  return inner.length === 0 ? [node] : inner.flatMap(alternativesOf);
}

function describeType(node: JsonSchema): string {
  return [...new Set(alternativesOf(node).map(describeOne))].join(" | ");
}

function describeOne(node: JsonSchema): string {
  if (node.const !== undefined) return String(node.const);
  if (node.enum !== undefined) return node.enum.map(String).join(" | ");
  if (node.prefixItems !== undefined) return `[${node.prefixItems.filter(isSchema).map(kindOf).join(", ")}]`;
  if (node.type === "array") return `list of ${isSchema(node.items) ? kindOf(node.items) : "anything"}`;
  return node.type === "integer" || node.type === "number" ? describeRange(node) : kindOf(node);
}

function kindOf(node: JsonSchema): string {
  const kinds = new Set(alternativesOf(node).map(({ type }) => String(type)));
  return [...kinds].join(" | ");
}

/** `0 ≤ number < 1`, `integer ≥ 1`. Bounds that only say what a number can hold are left out. */
function describeRange({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const kind = String(type);
  // No integer lies between 0 and 1: a positive one is easier read as "at least 1".
  const isOpen = isBound(exclusiveMinimum) && kind !== "integer";
  const from = isBound(exclusiveMinimum) ? exclusiveMinimum + (isOpen ? 0 : 1) : minimum;
  const upper = isBound(maximum)
    ? ` ≤ ${maximum}`
    : isBound(exclusiveMaximum)
      ? ` < ${exclusiveMaximum}`
      : "";
  if (!isBound(from)) return `${kind}${upper}`;
  return upper === ""
    ? `${kind} ${isOpen ? ">" : "≥"} ${from}`
    : `${from} ${isOpen ? "<" : "≤"} ${kind}${upper}`;
}

function isBound(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
