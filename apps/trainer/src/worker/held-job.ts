/**
 * A worker's hold on its job: it says that it is alive, on a timer of its own, and hears what is asked of it. A server
 * that is away changes nothing; the work goes on.
 */
import { NotAuthorizedError, type WorkerClient } from "@convkit/client";
import type { ClaimedJob, HeartbeatAnswer } from "@convkit/schema";

/** What is asked of the job; a later one outdoes an earlier one. */
export interface Directive {
  readonly kind: Exclude<HeartbeatAnswer["directive"], "continue"> | "refused";
  readonly reason: string;
  /** Of `refused`: the server does not let this worker in any more. */
  readonly error?: NotAuthorizedError;
}

/** Beats within the time after which the worker is believed lost. */
const BEATS = 8;
const RANK = { stop: 1, cancel: 2, lost: 3, refused: 4 } as const;

export class HeldJob {
  readonly #client: Pick<WorkerClient, "heartbeat">;
  readonly #claim: { readonly workerId: string; readonly jobId: string; readonly fence: number };
  readonly #timer: NodeJS.Timeout;
  readonly #listeners = new Set<(directive: Directive) => void>();
  #directive: Directive | null = null;
  #isBeating = false;

  constructor(
    client: Pick<WorkerClient, "heartbeat">,
    { jobId, fence, heartbeatSeconds }: ClaimedJob,
    workerId: string,
  ) {
    this.#client = client;
    this.#claim = { workerId, jobId, fence };
    this.#timer = setInterval(() => void this.#beat(), (heartbeatSeconds * 1000) / BEATS);
  }

  /** null while nothing is asked of it. */
  get directive(): Directive | null {
    return this.#directive;
  }

  get isLost(): boolean {
    return this.#directive?.kind === "lost" || this.#directive?.kind === "refused";
  }

  /** Also of what was asked before. */
  onDirective(listener: (directive: Directive) => void): void {
    this.#listeners.add(listener);
    if (this.#directive) listener(this.#directive);
  }

  release(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    try {
      const { directive, reason } = await this.#client.heartbeat(this.#claim, { patienceMs: 0 });
      if (directive !== "continue")
        this.#heed({ kind: directive, reason: reason || `${directive} was asked for` });
    } catch (error) {
      // All else passes, or is told by what ends the job.
      if (error instanceof NotAuthorizedError) {
        this.#heed({ kind: "refused", reason: "the server refuses this worker's token", error });
      }
    } finally {
      this.#isBeating = false;
    }
  }

  #heed(directive: Directive): void {
    if (this.#directive && RANK[this.#directive.kind] >= RANK[directive.kind]) return;
    this.#directive = directive;
    for (const listener of this.#listeners) listener(directive);
  }
}
