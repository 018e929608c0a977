/** What every kind of job finds on its worker. */
import type { WorkerClient } from "@convkit/client";
import type { ClaimedJob, Job } from "@convkit/schema";
import type { CommandContext } from "../commands/command-context.js";
import type { HeldJob } from "./held-job.js";

export interface WorkerHost {
  readonly client: WorkerClient;
  readonly context: CommandContext;
  /** The server is on this machine and reads the journals of this home. */
  readonly isLocal: boolean;
  readonly json: boolean;
  /** Aborted by the first Ctrl-C: what is at work is saved and given back. */
  readonly stopping: AbortSignal;
  /** Kill these at once at the second. */
  readonly children: Set<{ kill(): void }>;
  /** Runs that are delivered at the moment. */
  readonly delivering: Set<string>;
  /** False once whoever brought this worker along is gone: it ends when it has nothing at work. */
  isWanted(): boolean;
  note(text: string): void;
}

export interface Claimed<Kind extends Job["kind"]> extends Omit<ClaimedJob, "job"> {
  readonly job: Extract<Job, { kind: Kind }>;
  readonly held: HeldJob;
}

/** How a job ends for its queue. */
export type JobEnd =
  | { readonly kind: "complete" }
  | {
      readonly kind: "fail";
      readonly reason: string;
      /** Another worker, or this one later, may do better. */
      readonly retry: boolean;
    }
  /** Another has it by now, or it is gone: there is nobody to tell. */
  | { readonly kind: "lost" };
