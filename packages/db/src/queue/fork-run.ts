/** Puts a run into the queue that goes on from another one's checkpoint, for the worker that holds it. */
import { RunConfig, type Job } from "@convkit/schema";
import { changedFixedFields } from "@convkit/schema/fork-fields";
import type { Database } from "../database.js";
import { getRun, RunNotFoundError } from "../runs/get-run.js";
import { readCheckpoints } from "../runs/read-lineage.js";
import { findHolder } from "./find-holder.js";
import { enqueueJob, type EnqueueOptions } from "./jobs.js";
import type { Queue } from "./open-queue.js";

/** There is no such run or checkpoint, no worker here holds it, or the config cannot go on from it. */
export class RunNotForkableError extends Error {
  override readonly name = "RunNotForkableError";
}

export interface ForkIssue {
  /** Of the config's field. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What keeps a config from going on from the checkpoint that it names; nothing where it names none. */
export async function findForkIssues(database: Database, config: RunConfig): Promise<ForkIssue[]> {
  const { forkedFrom } = config;
  if (!forkedFrom) return [];
  const source = await getRun(database, forkedFrom.runId).catch((error: unknown) => {
    if (error instanceof RunNotFoundError) return error;
    throw error;
  });
  if (source instanceof Error) return [{ path: ["forkedFrom", "runId"], message: source.message }];
  // Stored as it was given, by an older convkit perhaps, without the defaults that the fork's has.
  const before = RunConfig.safeParse(source.config).data ?? source.config;
  const changed = changedFixedFields(before, config).map(({ path, reason }) => ({
    path: path.split("."),
    message: `Expected what ${source.name} has, which is forked: ${reason}.`,
  }));
  const { step } = forkedFrom;
  const kept = await readCheckpoints(database, source.id);
  if (kept.some((each) => each.step === step || each.kind === step)) return changed;
  const steps = [...new Set(kept.map((each) => each.step))].join(", ");
  const message =
    `Expected a checkpoint that ${source.name} keeps. Received: ${step}, ` +
    (steps === "" ? "and it keeps none yet." : `where those of these steps are kept: ${steps}.`);
  return [...changed, { path: ["forkedFrom", "step"], message }];
}

/**
 * @param home of this machine.
 * @returns the job's id.
 * @throws {RunNotForkableError}
 * @throws {RunExistsError}
 */
export async function enqueueFork(
  queue: Queue,
  job: Extract<Job, { kind: "train" }>,
  { priority, home }: Pick<EnqueueOptions, "priority"> & { readonly home: string },
): Promise<string> {
  const { database } = queue;
  const issues = await findForkIssues(database, job.config);
  if (issues.length > 0) {
    throw new RunNotForkableError(
      issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"),
    );
  }
  const { runId, step } = job.config.forkedFrom!;
  const onlyWorker = await findHolder(queue, await getRun(database, runId), home);
  if (onlyWorker === null) {
    throw new RunNotForkableError(
      `Expected a worker that holds the checkpoints of ${runId}. Received: none that has come here. ` +
        `On its machine \`convkit train --fork ${runId}@${step}\` goes on from it.`,
    );
  }
  return enqueueJob(queue, job, { priority, onlyWorker });
}
