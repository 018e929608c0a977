/** `--set optimizer.momentum=0.95`: a dotted path and a JSON value; what is no JSON is taken as a string. */
import { ConfigError } from "./config-error.js";
import type { PartialConfig } from "./merge-config.js";

const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);

/**
 * @returns the partial config that says the same: `a.b=1` gives `{ a: { b: 1 } }`.
 * @throws {ConfigError} if there is no `=`, or a part of the path is empty.
 */
export function parseAssignment(text: string): PartialConfig {
  const equals = text.indexOf("=");
  const path = text.slice(0, Math.max(equals, 0)).split(".");
  if (path.some((key) => key === "" || FORBIDDEN.has(key))) {
    throw new ConfigError(
      `Expected --set key=value with a dotted key. Received: ${text}. For example: --set optimizer.momentum=0.95`,
    );
  }
  const value = jsonOrText(text.slice(equals + 1));
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as PartialConfig;
}

/** @returns what `parseAssignment` takes the value from again. */
export function formatAssignment(key: string, value: unknown): string {
  const isPlain = typeof value === "string" && jsonOrText(value) === value;
  return `${key}=${isPlain ? value : JSON.stringify(value)}`;
}

/** For an option that may be repeated. @throws {ConfigError} as `parseAssignment`. */
export function collectAssignment(text: string, previous: readonly PartialConfig[]): PartialConfig[] {
  return [...previous, parseAssignment(text)];
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
