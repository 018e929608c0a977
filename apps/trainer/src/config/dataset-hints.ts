/** What a library's complaint about a data set means on the command line: libraries know neither flags nor typos. */
import type { DatasetInfo } from "@convkit/data";
import { ConfigError } from "./config-error.js";
import { nearestName } from "./nearest-name.js";

/**
 * Adds to the message what to type, for an error of `openDataset` at `source`.
 * @returns the same error.
 */
export function addDatasetHint(error: unknown, source: string, known: readonly DatasetInfo[]): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "DatasetNotFoundError") {
    const nearest = nearestName(
      source,
      known.map(({ name }) => name),
    );
    if (nearest !== undefined) error.message += ` Did you mean ${nearest}?`;
  }
  if (error.name === "DatasetUnavailableError")
    error.message += " On the command line: --set data.root=FOLDER";
  return error;
}

/** @throws {ConfigError} if it is no data set's name; a path needs no fetching. */
export function checkDatasetName(text: string, known: readonly DatasetInfo[]): void {
  const names = known.map(({ name }) => name);
  if (names.includes(text)) return;
  const nearest = nearestName(text, names);
  const wayOut =
    nearest !== undefined
      ? `Did you mean ${nearest}?`
      : /[/\\.]/.test(text)
        ? `A folder of your own needs no fetching: convkit train ${text}`
        : "`convkit datasets` lists them.";
  throw new ConfigError(`Expected the name of a data set: ${names.join(", ")}. Received: ${text}. ${wayOut}`);
}
