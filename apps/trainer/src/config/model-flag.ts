/** `--model`: a name of the registry, or a path to a module that builds a network. */
import { MODEL_NAMES } from "@convkit/models/names";
import { ConfigError } from "./config-error.js";
import { nearestName } from "./nearest-name.js";

const MODULE_PATH = /[/\\]|\.(mjs|cjs|js|mts|ts)$/;

/** @throws {ConfigError} if it is neither. */
export function parseModelFlag(text: string): { readonly name: string } | { readonly module: string } {
  if ((MODEL_NAMES as readonly string[]).includes(text)) return { name: text };
  if (MODULE_PATH.test(text)) return { module: text };
  const nearest = nearestName(text, MODEL_NAMES);
  throw new ConfigError(
    `Expected --model to be one of ${MODEL_NAMES.join(", ")}, or a path to a module (./my-network.mjs). ` +
      `Received: ${text}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
  );
}
