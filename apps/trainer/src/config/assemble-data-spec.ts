/** A config's `data` for commands that look at a data set and train nothing: a source, and what `--set` says. */
import { DataSpec } from "@convkit/schema";
import { ConfigError } from "./config-error.js";
import { explainConfigIssues } from "./explain-config-issues.js";
import { mergeConfig, type PartialConfig } from "./merge-config.js";

/**
 * However many pictures are bad: such commands are where these are looked for.
 * @throws {ConfigError} if an assignment is about something else than `data`, or nothing that it may be.
 */
export function assembleDataSpec(source: string, assignments: readonly PartialConfig[]): DataSpec {
  const stranger = assignments.flatMap((assignment) => Object.keys(assignment)).find((key) => key !== "data");
  if (stranger !== undefined) {
    throw new ConfigError(
      `Expected --set data.…, as only the config's data matter here. Received: ${stranger}.`,
    );
  }
  const config = [{ data: { source, maxBadFraction: 1 } }, ...assignments].reduce(mergeConfig);
  const parsed = DataSpec.safeParse(config.data);
  if (parsed.success) return parsed.data;
  const mistakes = explainConfigIssues(DataSpec, config.data, parsed.error.issues);
  throw new ConfigError(["The data cannot be opened so:", ...mistakes.map((line) => `  ${line}`)].join("\n"));
}
