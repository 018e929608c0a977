/** A job that judges a run again: where its checkpoints are, so on the worker that trained it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { deliverRun } from "./deliver-run.js";
import { endOfOutcome, runChild } from "./run-child.js";
import type { Claimed, JobEnd, WorkerHost } from "./worker-host.js";

export async function serveEvaluateJob(
  { job: { runId }, held }: Claimed<"evaluate">,
  host: WorkerHost,
): Promise<JobEnd> {
  const { home } = host.context;
  const directory = join(home, "runs", runId);
  if (!existsSync(join(directory, "config.json"))) {
    const reason =
      `Expected the run ${runId} in the home of this worker, ${home}. Received: none there. Its checkpoints lie with ` +
      "the worker that trained it: let that one judge it.";
    return { kind: "fail", reason, retry: false };
  }
  const ended = runChild(
    { kind: "evaluate", home, directory, engine: undefined },
    { held, host, folder: directory },
  );
  const delivery = deliverRun(host, directory, ended);
  const outcome = await ended;
  await delivery.finished;
  return endOfOutcome(outcome, { held, host });
}
