/** A JSON file with an object in it: `--config FILE`, some or all keys of a run's config, and a sweep's. */
import { readFile } from "node:fs/promises";
import { ConfigError } from "./config-error.js";
import type { PartialConfig } from "./merge-config.js";

/**
 * `--config FILE`; a stored run's `config.json` replays it.
 * @throws {ConfigError} if the file cannot be read, or holds no JSON object.
 */
export async function readConfigFile(path: string): Promise<PartialConfig> {
  return readJsonFile(path, `--config ${path}`);
}

/**
 * @param title what was typed for it.
 * @throws {ConfigError} if the file cannot be read, or holds no JSON object.
 */
export async function readJsonFile(path: string, title: string): Promise<PartialConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`Expected a readable file at ${title}. Received: ${String(cause)}.`, {
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
