/**
 * zod's issues as sentences: path, what was expected, "Received: …", and the nearest valid name for a typo.
 * A union's issues come once per variant; the variant the writer most likely meant is explained, the others left out.
 */
import { z } from "zod";
import { nearestName } from "./nearest-name.js";

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;
type Path = readonly PropertyKey[];

/**
 * @param schema what `value` was parsed with; the valid keys are read from it.
 * @returns one sentence or two per issue, in the order of the issues.
 */
export function explainConfigIssues(schema: z.ZodType, value: unknown, issues: readonly Issue[]): string[] {
  const root = z.toJSONSchema(schema, { io: "input" });
  return issues.flatMap((issue) => explainIssue(issue, { root, value, prefix: [] }));
}

/** What zod says of a union to which the schema gives no words of its own. */
const WORDLESS = "Invalid input";

interface Context {
  readonly root: JsonSchema;
  readonly value: unknown;
  /** Path of the union whose variant is being explained. */
  readonly prefix: Path;
}

function explainIssue(issue: Issue, context: Context): string[] {
  const path = [...context.prefix, ...issue.path];
  const received = valueAt(context.value, path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(context.root, context.value, path);
    return issue.keys.map(
      (key) => `${spell([...path, key])}: no such key. ${orElse(key, known, "Keys here")}`,
    );
  }
  if (issue.code === "invalid_value") return [explainChoice(path, received, issue.values.map(String))];
  if (issue.code === "invalid_union") {
    if (issue.discriminator !== undefined) {
      return [explainChoice(path, received, discriminatorOptions(issue))];
    }
    const choices = choicesOfAllVariants(issue.errors);
    if (choices) return [explainChoice(path, received, choices)];
    const variant = likeliestVariant(issue.errors, received);
    if (variant && (isAbout(variant, received) || issue.message === WORDLESS))
      return variant.flatMap((inner) => explainIssue(inner, { ...context, prefix: path }));
  }
  return [`${spell(path)}: ${expectation(issue)}. Received: ${show(received)}.`];
}

function explainChoice(path: Path, received: unknown, choices: readonly string[]): string {
  const nearest = typeof received === "string" ? nearestName(received, choices) : undefined;
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return `${spell(path)}: expected one of ${choices.join(", ")}. Received: ${show(received)}.${hint}`;
}

function orElse(typed: string, known: readonly string[], label: string): string {
  const nearest = nearestName(typed, known);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  return known.length === 0 ? "None is allowed here." : `${label}: ${known.join(", ")}.`;
}

function discriminatorOptions(issue: Issue & { code: "invalid_union" }): string[] {
  return "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

/** The choices of a union that only offers fixed values, such as `auto` or an engine's name. */
function choicesOfAllVariants(variants: readonly (readonly Issue[])[]): string[] | undefined {
  const choices = variants.map((issues) => {
    const only = issues.length === 1 ? issues[0] : undefined;
    return only?.code === "invalid_value" && only.path.length === 0 ? only.values.map(String) : undefined;
  });
  return choices.length > 0 && choices.every((values) => values !== undefined) ? choices.flat() : undefined;
}

/** Fewest missing keys first, then the issue that lies deepest, then the fewest issues. */
function likeliestVariant(
  variants: readonly (readonly Issue[])[],
  received: unknown,
): readonly Issue[] | undefined {
  const depth = (issue: Issue): number => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0);
  const ranked = variants.map((issues) => ({
    issues,
    missing: issues.filter(
      ({ path, code }) => code !== "unrecognized_keys" && valueAt(received, path) === undefined,
    ).length,
    depth: Math.max(...issues.map(depth)),
  }));
  ranked.sort((a, b) => a.missing - b.missing || b.depth - a.depth || a.issues.length - b.issues.length);
  return ranked[0]?.issues;
}

/** Whether one of the issues is about something that was written, rather than that nothing of the kind was. */
function isAbout(issues: readonly Issue[], received: unknown): boolean {
  return issues.some(
    ({ code, path }) =>
      code === "unrecognized_keys" || (path.length > 0 && valueAt(received, path) !== undefined),
  );
}

function expectation(issue: Issue): string {
  const { message } = issue;
  const at = message.indexOf("expected");
  return at === -1 ? message : message.slice(at);
}

/** The keys an object at `path` may have, of the variants that its own fixed values do not rule out. */
function knownKeys(root: JsonSchema, value: unknown, path: Path): string[] {
  let nodes = variantsOf(root, value);
  let here = value;
  for (const key of path) {
    here = valueAt(here, [key]);
    nodes = nodes
      .flatMap((node) => [typeof key === "number" ? node.items : node.properties?.[String(key)]])
      .filter((node): node is JsonSchema => typeof node === "object" && !Array.isArray(node))
      .flatMap((node) => variantsOf(node, here));
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function variantsOf(node: JsonSchema, value: unknown): JsonSchema[] {
  const variants = [...(node.anyOf ?? []), ...(node.oneOf ?? [])] as JsonSchema[];
  if (variants.length > 0) return variants.flatMap((variant) => variantsOf(variant, value));
  const contradicted = Object.entries(node.properties ?? {}).some(
    ([key, property]) =>
      typeof property === "object" &&
      property.const !== undefined &&
      valueAt(value, [key]) !== undefined &&
      valueAt(value, [key]) !== property.const,
  );
  return contradicted ? [] : [node];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) => (typeof node === "object" && node !== null ? Reflect.get(node, key) : undefined),
    value,
  );
}

function spell(path: Path): string {
  return path.length === 0 ? "config" : path.map(String).join(".");
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
