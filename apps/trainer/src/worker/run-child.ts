/** The training process of a job: shown, asked to end when the queue or the user says so, and what its end means. */
import type { TrainEvent } from "@convkit/schema";
import { createJsonDisplay } from "../display/json-display.js";
import { createTextDisplay } from "../display/text-display.js";
import { exitCodeOfError } from "../exit-code-of-error.js";
import { EXIT_CODES } from "../exit-codes.js";
import { unpackError, type RunJob } from "../process/protocol.js";
import { startTrainingProcess, type ProcessOutcome } from "../process/training-process.js";
import type { Directive, HeldJob } from "./held-job.js";
import { writeRequest } from "./run-files.js";
import type { JobEnd, WorkerHost } from "./worker-host.js";

export interface RunChildOptions {
  readonly held: HeldJob;
  readonly host: WorkerHost;
  /** Of the run. */
  readonly folder: string;
  /** How a run that goes on once began: its length, which its later events do not repeat. */
  readonly started?: TrainEvent | undefined;
}

/** A step may take long, but not for ever. */
const LOST_MS = 120_000;

/** @returns how it ended. */
export function runChild(job: RunJob, options: RunChildOptions): Promise<ProcessOutcome> {
  const { held, host, folder, started } = options;
  const display = host.json ? createJsonDisplay(host.context) : createTextDisplay(host.context, started);
  let hasBegun = false;
  const child = startTrainingProcess(job, {
    onMessage(message) {
      if (message.type === "event" && !hasBegun) {
        hasBegun = true;
        if (held.directive) heed(held.directive);
      }
      display.message(message);
    },
    onOutput: display.output,
    onSilence: display.note,
  });
  /** What the journal will say is the queue's reason; before there is one, or a run to be trained, the process is asked. */
  const heed = ({ kind, reason }: Directive): void => {
    display.note(`${kind}: ${reason}`);
    switch (kind) {
      case "stop":
      case "cancel":
        if (job.kind !== "evaluate" && hasBegun) return void writeRequest(folder, { action: kind, reason });
        return kind === "cancel" || job.kind === "evaluate" ? child.stop(reason) : undefined;
      case "lost":
      case "refused":
        child.stop(reason);
        return void setTimeout(() => child.kill(), LOST_MS).unref();
      default:
        kind satisfies never;
    }
  };
  held.onDirective(heed);
  const onStop = () => child.stop(String(host.stopping.reason));
  if (host.stopping.aborted) onStop();
  host.stopping.addEventListener("abort", onStop, { once: true });
  host.children.add(child);
  return child.outcome.finally(() => {
    host.children.delete(child);
    host.stopping.removeEventListener("abort", onStop);
    display.close();
  });
}

export interface EndFacts {
  readonly held: HeldJob;
  readonly host: WorkerHost;
}

/** What the queue is told of a process's end. */
export function endOfOutcome(outcome: ProcessOutcome, { held, host }: EndFacts): JobEnd {
  if (held.isLost) return { kind: "lost" };
  const { directive } = held;
  const stopped = { kind: "fail", reason: "The worker was stopped.", retry: true } as const;
  switch (outcome.type) {
    case "result": {
      const { status, reason } = outcome.result;
      if (status === "completed" || status === "stopped") return { kind: "complete" };
      if (status === "failed") return { kind: "fail", reason, retry: false };
      if (directive?.kind === "cancel") return { kind: "complete" };
      return host.stopping.aborted ? stopped : { kind: "fail", reason, retry: false };
    }
    case "aborted":
      // Of a run that never said anything, the queue knows who asked for its end, and calls it interrupted.
      return directive ? { kind: "complete" } : stopped;
    case "killed":
      return stopped;
    case "died":
      return { kind: "fail", reason: outcome.diagnosis, retry: true };
    case "error":
      return endOfError(unpackError(outcome.error));
    default:
      return outcome satisfies never;
  }
}

/** An engine that fails here may not elsewhere; a mistake stays one. */
export function endOfError(error: Error): JobEnd {
  const code = exitCodeOfError(error);
  const retry = code === EXIT_CODES.engine || code === EXIT_CODES.busy || code === EXIT_CODES.processDied;
  return { kind: "fail", reason: `${error.name}: ${error.message}`, retry };
}
