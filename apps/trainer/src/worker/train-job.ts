/** A job that trains: in a process of its own, delivered while it goes on, ended as the queue or the user wants it. */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { shipJournal } from "@convkit/client";
import type { RunClaim } from "@convkit/schema";
import type { RunJob } from "../process/protocol.js";
import { readEnding, readStartEvent } from "../run/journal-ends.js";
import { bringDataset } from "./bring-dataset.js";
import { deliverRun } from "./deliver-run.js";
import { writeClaim } from "./run-files.js";
import { endOfOutcome, runChild } from "./run-child.js";
import type { Claimed, JobEnd, WorkerHost } from "./worker-host.js";

/** A process that was left behind saves its checkpoint and ends; so long it may take. */
const BUSY_MS = 120_000;
const BUSY_POLL_MS = 1000;

export async function serveTrainJob(claimed: Claimed<"train">, host: WorkerHost): Promise<JobEnd> {
  const { job, jobId, fence, held } = claimed;
  const folder = join(host.context.home, "runs", job.runId);
  const claim: RunClaim = { formatVersion: 1, jobId, server: host.client.url, fence };
  const before = await writeClaim(folder, claim);
  const isNewestHere = before?.jobId === jobId && before.fence === fence - 1;
  const ending = await readEnding(folder);
  if (ending?.status === "completed" || ending?.status === "stopped") {
    // Killed between the run's end and the job's, and nobody else was at it since.
    if (isNewestHere) {
      await deliverRun(host, folder, Promise.resolve()).finished;
      return { kind: "complete" };
    }
    await setAside(folder, ending.attempt, host);
    await writeClaim(folder, claim);
  }
  const busyUntil = performance.now() + BUSY_MS;
  for (;;) {
    const training = await jobOf(claimed, folder, host);
    if ("end" in training) return training.end;
    const started = training.job.kind === "resume" ? await readStartEvent(folder) : undefined;
    const ended = runChild(training.job, { held, host, folder, started });
    const delivery = deliverRun(host, folder, ended);
    const outcome = await ended;
    const isBusy = outcome.type === "error" && outcome.error.name === "RunBusyError";
    if (isBusy && performance.now() < busyUntil && !held.directive && !host.stopping.aborted) {
      await delivery.finished;
      await delay(BUSY_POLL_MS);
      continue;
    }
    await delivery.finished;
    return endOfOutcome(outcome, { held, host });
  }
}

/** Goes on from this worker's own checkpoint where there is one, else begins anew. */
async function jobOf(
  { job, attempt, held }: Claimed<"train">,
  directory: string,
  host: WorkerHost,
): Promise<{ job: RunJob } | { end: JobEnd }> {
  const { home } = host.context;
  const numbered = attempt === null ? {} : { attempt };
  if (existsSync(join(directory, "config.json"))) {
    return { job: { kind: "resume", home, directory, engine: undefined, ...numbered } };
  }
  const ending = new AbortController();
  const onStop = () => ending.abort(host.stopping.reason);
  held.onDirective(() => ending.abort());
  if (host.stopping.aborted) onStop();
  host.stopping.addEventListener("abort", onStop, { once: true });
  try {
    const { client, note } = host;
    const config = await bringDataset(job.config, { client, home, signal: ending.signal, note });
    return { job: { kind: "train", home, config, runId: job.runId, ...numbered } };
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    return { end: endOfOutcome({ type: "aborted" }, { held, host }) };
  } finally {
    host.stopping.removeEventListener("abort", onStop);
  }
}

/** What this worker finished was superseded by another's attempt: kept, out of the way of what begins. */
async function setAside(folder: string, attempt: number, host: WorkerHost): Promise<void> {
  const { client, context, isLocal } = host;
  if (!isLocal) await shipJournal({ client, folder, until: Promise.resolve(), signal: host.stopping });
  const place = join(context.home, "superseded");
  await mkdir(place, { recursive: true });
  const name = `${folder.split(/[\\/]/).at(-1)}-attempt-${attempt}`;
  await rename(folder, join(place, `${name}-${Date.now()}`));
  host.note(
    `What this worker had of the run was superseded elsewhere; it lies in ${join(place, name)}… by now.`,
  );
}
