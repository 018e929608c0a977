/** A worker: takes one job after the other, says how each ended, and lasts as long as nobody ends it. */
import { setTimeout as delay } from "node:timers/promises";
import { NotAuthorizedError, ServerError, type WorkerClient } from "@convkit/client";
import type { ClaimedJob, JobKind } from "@convkit/schema";
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { deliverLeftovers } from "./deliver-run.js";
import { serveEvaluateJob } from "./evaluate-job.js";
import { HeldJob } from "./held-job.js";
import { serveInspectJob } from "./inspect-job.js";
import { removeDeletedRuns } from "./remove-deleted-runs.js";
import { endOfError } from "./run-child.js";
import { serveTrainJob } from "./train-job.js";
import type { Claimed, JobEnd, WorkerHost } from "./worker-host.js";

export interface WorkerOptions {
  readonly host: WorkerHost;
  readonly workerId: string;
  readonly kinds: readonly JobKind[];
  /** Ends after one job. */
  readonly once: boolean;
}

const POLL_MS = 2000;
const MOST_POLL_MS = 30_000;
const LEFTOVERS_EVERY_MS = 30_000;
/** Of those rounds. */
const DELETED_EVERY = 10;
/** A worker that is being stopped does not wait for a server that is away: the job comes back by itself. */
const GIVE_BACK_MS = 10_000;

/**
 * @returns of the one job with `once`, whether it was done.
 * @throws {NotAuthorizedError} if the server does not let it in.
 */
export async function runWorker({ host, workerId, kinds, once }: WorkerOptions): Promise<ExitCode> {
  const { client, stopping } = host;
  const leftovers = keepDelivering(host);
  let pollMs = POLL_MS;
  try {
    while (!stopping.aborted && host.isWanted()) {
      const claimed = await claimNext(client, { workerId, kinds, host });
      if (claimed === "away") pollMs = Math.min(pollMs * 1.5, MOST_POLL_MS);
      else pollMs = POLL_MS;
      if (claimed !== null && claimed !== "away") {
        const end = await serveJob(claimed, workerId, host);
        if (once) return end.kind === "complete" ? EXIT_CODES.ok : EXIT_CODES.failed;
        continue;
      }
      await delay(pollMs * (0.75 + Math.random() / 2), undefined, { signal: stopping }).catch(
        () => undefined,
      );
    }
    return EXIT_CODES.ok;
  } finally {
    leftovers.stop();
    await leftovers.ended;
  }
}

async function claimNext(
  client: WorkerClient,
  { workerId, kinds, host }: { workerId: string; kinds: readonly JobKind[]; host: WorkerHost },
): Promise<ClaimedJob | null | "away"> {
  try {
    return await client.claim({ workerId, kinds }, { signal: host.stopping, patienceMs: 0 });
  } catch (error) {
    if (host.stopping.aborted) return null;
    if (error instanceof NotAuthorizedError) throw error;
    // That it is away has been said; what it answers instead is to be seen.
    if (error instanceof ServerError) host.note(error.message);
    return "away";
  }
}

async function serveJob(claimed: ClaimedJob, workerId: string, host: WorkerHost): Promise<JobEnd> {
  const { job, jobId, fence, attempt } = claimed;
  const about = "runId" in job ? `run ${job.runId}` : job.source;
  host.note(`${job.kind} ${about}${attempt === null ? "" : `, attempt ${attempt}`} (job ${jobId})`);
  const held = new HeldJob(host.client, claimed, workerId);
  try {
    const end = await work({ ...claimed, held }, host).catch((error: unknown): JobEnd => {
      if (error instanceof NotAuthorizedError) throw error;
      if (held.isLost) return { kind: "lost" };
      return endOfError(error as Error);
    });
    if (held.directive?.error) throw held.directive.error;
    await tell({ jobId, fence }, end, host);
    return end;
  } finally {
    held.release();
  }
}

function work(claimed: ClaimedJob & { held: HeldJob }, host: WorkerHost): Promise<JobEnd> {
  const { job } = claimed;
  switch (job.kind) {
    case "train":
      return serveTrainJob({ ...claimed, job } satisfies Claimed<"train">, host);
    case "evaluate":
      return serveEvaluateJob({ ...claimed, job } satisfies Claimed<"evaluate">, host);
    case "inspect":
      return serveInspectJob({ ...claimed, job } satisfies Claimed<"inspect">, host);
    default:
      return job satisfies never;
  }
}

async function tell(
  claim: { readonly jobId: string; readonly fence: number },
  end: JobEnd,
  host: WorkerHost,
): Promise<void> {
  const { client, stopping, note } = host;
  const givingUp = new AbortController();
  const onStop = () => void setTimeout(() => givingUp.abort(), GIVE_BACK_MS).unref();
  if (stopping.aborted) onStop();
  stopping.addEventListener("abort", onStop, { once: true });
  const options = { signal: givingUp.signal, patienceMs: Infinity };
  try {
    switch (end.kind) {
      case "complete":
        await client.complete(claim, options);
        return note("Done.");
      case "fail":
        await client.fail(
          { ...claim, reason: end.reason, retry: end.retry, givenBack: end.retry && stopping.aborted },
          options,
        );
        return note(`${end.retry ? "Given back" : "Failed"}: ${end.reason}`);
      case "lost":
        return note(
          "The job is another worker's by now, or gone. What was trained here stays an attempt of its own.",
        );
      default:
        end satisfies never;
    }
  } catch (error) {
    if (error instanceof NotAuthorizedError) throw error;
    // Taken by another worker, or told already by an answer that did not come through.
    const isKnown = error instanceof ServerError && error.remoteName === "ClaimLostError";
    if (givingUp.signal.aborted) note("The server could not be told in time; the job comes back by itself.");
    else note(isKnown ? error.message : `The server could not be told: ${(error as Error).message}`);
  } finally {
    stopping.removeEventListener("abort", onStop);
  }
}

const noteOf = (host: WorkerHost) => (error: unknown) => {
  if (!host.stopping.aborted) host.note(`What the server deleted is not known: ${(error as Error).message}`);
};

/** In the background, beside the work: it is other runs'. */
function keepDelivering(host: WorkerHost): { stop(): void; readonly ended: Promise<void> } {
  const ending = new AbortController();
  const deliver = async (): Promise<void> => {
    for (let round = 0; !ending.signal.aborted; round += 1) {
      await deliverLeftovers(host, ending.signal);
      if (round % DELETED_EVERY === 0) await removeDeletedRuns(host, ending.signal).catch(noteOf(host));
      await delay(LEFTOVERS_EVERY_MS, undefined, { signal: ending.signal });
    }
  };
  const ended = deliver().catch((error: unknown) => {
    if (!ending.signal.aborted) host.note((error as Error).message);
  });
  host.stopping.addEventListener("abort", () => ending.abort(), { once: true });
  return { stop: () => ending.abort(), ended };
}
