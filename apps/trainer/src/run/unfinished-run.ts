/** Refusing to use a run's classifier before there is one. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runArgument } from "./find-run.js";
import { readEnding } from "./journal-ends.js";

/** The run has no classifier, or none yet. */
class RunUnfinishedError extends Error {
  override readonly name = "RunUnfinishedError";
}

/** @throws {RunUnfinishedError} if the run's folder holds no classifier. */
export async function checkClassifier(directory: string, home: string): Promise<void> {
  if (existsSync(join(directory, "model"))) return;
  const run = runArgument(directory, home);
  const status = (await readEnding(directory))?.status ?? "unfinished";
  const wayOut =
    status === "completed" || status === "stopped"
      ? `Write it again: convkit evaluate ${run}`
      : `Resume it first: convkit resume ${run}`;
  throw new RunUnfinishedError(
    `Expected a run with a trained classifier. Received: ${run}, which is ${status} and has none. ${wayOut}`,
  );
}
