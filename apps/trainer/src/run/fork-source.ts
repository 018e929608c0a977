/** `--fork <run>[@checkpoint]`: the run that a new one goes on from, and what of its config the new one begins with. */
import { basename, dirname, join } from "node:path";
import type { RunConfig } from "@convkit/schema";
import { ConfigError } from "../config/config-error.js";
import type { PartialConfig } from "../config/merge-config.js";
import { findRun, readRunConfig } from "./find-run.js";

const CHECKPOINT = /^(?:last|best|(?:step-)?(\d{1,15}))$/;

/**
 * All of the run's config but for its name, which tells it from others, and the sweep that it is a trial of.
 * @throws {ConfigError} if the checkpoint is none, or the run lies outside the home, where a new run would not find it.
 * @throws {RunNotFoundError} if there is no such run.
 */
export async function readForkSource(text: string, home: string): Promise<PartialConfig> {
  const last = text.lastIndexOf("@");
  // A folder's path may have one too: `./me@lab/.convkit/runs/<id>`.
  const at = /[/\\]/.test(text.slice(last + 1)) ? -1 : last;
  const [run, checkpoint] = at < 0 ? [text, "last"] : [text.slice(0, at), text.slice(at + 1)];
  const found = CHECKPOINT.exec(checkpoint);
  if (!found) {
    throw new ConfigError(
      "Expected --fork <run>, or <run>@<checkpoint> with `last`, `best` or a number of steps. " +
        `Received: ${JSON.stringify(checkpoint)} for the checkpoint.`,
    );
  }
  const directory = await findRun(run, home);
  if (dirname(directory) !== join(home, "runs")) {
    throw new ConfigError(
      `Expected a run to fork from in ${join(home, "runs")}, beside which the new one will lie. ` +
        `Received: ${directory}. Set CONVKIT_HOME to its home, or move it here.`,
    );
  }
  const step = found[1] === undefined ? checkpoint : Number(found[1]);
  return {
    ...outsideSweep(await readRunConfig(directory)),
    forkedFrom: { runId: basename(directory), step },
  };
}

function outsideSweep({ sweep, name: _, ...config }: RunConfig): PartialConfig {
  if (sweep === undefined) return config;
  return { ...config, tags: config.tags.filter((tag) => !tag.startsWith("sweep:")) };
}
