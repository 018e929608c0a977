/** `--engine` where there is no config to parse it with. */
import { EngineName, type EnginePreference, EnginePreference as Schema } from "@convkit/schema";
import { ConfigError } from "./config-error.js";
import { nearestName } from "./nearest-name.js";

/** @throws {ConfigError} if it is no engine's name. */
export function parseEngineFlag(text: string): EnginePreference {
  const parsed = Schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const names = ["auto", ...EngineName.options];
  const nearest = nearestName(text, names);
  throw new ConfigError(
    `Expected --engine to be one of ${names.join(", ")}. Received: ${text}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
  );
}
