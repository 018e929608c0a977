/** Which fields of the form a fork must have as the run has them that it goes on from, and why. */
import { FIXED_FIELDS } from "@convkit/schema/fork-fields";
import { isObject, pathText, valueAt, type Json, type JsonObject, type Path } from "./json-value";

/** Where the config's run goes on; null: it begins with first weights. */
export function forkOf(
  config: JsonObject,
): { readonly runId: string; readonly step: string | number } | null {
  const { forkedFrom } = config;
  if (!isObject(forkedFrom) || typeof forkedFrom["runId"] !== "string") return null;
  const { runId, step } = forkedFrom;
  return { runId, step: typeof step === "string" || typeof step === "number" ? step : "last" };
}

/**
 * @param base config of the run that is forked, or of a fork that is run again.
 * @returns why the field is locked; null: it is not.
 */
export function lockOf(path: Path, { config, base }: { config: JsonObject; base: Json }): string | null {
  if (forkOf(config) === null || base === null) return null;
  const place = pathText(path);
  // Of the same files elsewhere.
  if (place === "data.root") return null;
  const fixed = FIXED_FIELDS.find((field) => place === field.path || place.startsWith(`${field.path}.`));
  if (!fixed) return null;
  const isAverage = fixed.path === "ema" || fixed.path === "lookahead";
  if (isAverage && valueAt(base, [fixed.path]) !== undefined) return null;
  return fixed.reason;
}

/** Of a link to the form: `last`, `best`, or a number of steps. */
export function parseForkStep(text: string | null): "last" | "best" | number | null {
  if (text === "last" || text === "best") return text;
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
