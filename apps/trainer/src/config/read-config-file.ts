/** `--config FILE`: a JSON file with some or all keys of a run's config; a stored run's `config.json` replays it. */
import { readFile } from "node:fs/promises";
import { ConfigError } from "./config-error.js";
import type { PartialConfig } from "./merge-config.js";

/** @throws {ConfigError} if the file cannot be read, or holds no JSON object. */
export async function readConfigFile(path: string): Promise<PartialConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`Expected a readable file at --config ${path}. Received: ${String(cause)}.`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`Expected JSON in ${path}. Received: ${(cause as Error).message}.`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(`Expected a JSON object in ${path}. Received: ${text.slice(0, 60)}`);
  }
  return value as PartialConfig;
}
