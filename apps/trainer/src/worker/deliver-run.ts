/** A run's journal and files on their way to the server while it is at work, and what earlier workers left behind. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { findShipping, NotAuthorizedError, shipJournal } from "@convkit/client";
import { listRunIds } from "../run/find-run.js";
import { readClaim } from "./run-files.js";
import type { WorkerHost } from "./worker-host.js";

/** How long a worker that is being stopped waits for the server to take the rest; the next one sends what is left. */
const LAST_MS = 15_000;

export interface Delivery {
  /** Resolves when the server has all of it, or the worker is stopped and will not wait longer. */
  readonly finished: Promise<void>;
}

/**
 * @param until the writer is gone.
 * @returns a delivery that fails with what the server refuses.
 */
export function deliverRun(host: WorkerHost, folder: string, until: Promise<unknown>): Delivery {
  if (host.isLocal) return { finished: until.then(nothing, nothing) };
  const runId = basename(folder);
  const givingUp = new AbortController();
  const giveUpSoon = () => void setTimeout(() => givingUp.abort(GIVEN_UP), LAST_MS).unref();
  // Counted from the writer's end: what it still saves is to be sent, too.
  const onStop = () => void until.then(giveUpSoon, giveUpSoon);
  if (host.stopping.aborted) onStop();
  else host.stopping.addEventListener("abort", onStop, { once: true });
  host.delivering.add(runId);
  const finished = shipJournal({ client: host.client, folder, until, signal: givingUp.signal })
    .then(({ problem }) => {
      if (problem !== null) host.note(`${runId}: a line of its journal was passed over. ${problem}`);
    })
    .catch((error: unknown) => {
      if (error !== GIVEN_UP) throw error;
      host.note(
        `${runId}: the server has not taken everything; the next worker of this home sends the rest.`,
      );
    })
    .finally(() => {
      host.delivering.delete(runId);
      host.stopping.removeEventListener("abort", onStop);
    });
  // Whoever waits for it hears of it.
  finished.catch(nothing);
  return { finished };
}

const GIVEN_UP = new Error("given up");
const nothing = (): void => undefined;

/** A run that says something every few seconds is another worker's of this home, or is about to end. */
const QUIET_MS = 10_000;

async function isWritten(folder: string): Promise<boolean> {
  const journal = await stat(join(folder, "events.jsonl")).catch(() => null);
  return journal !== null && Date.now() - journal.mtimeMs < QUIET_MS;
}

/**
 * Delivers what workers of this home that were killed did not come to send.
 * @throws the signal's reason once it is aborted.
 */
export async function deliverLeftovers(host: WorkerHost, signal: AbortSignal): Promise<void> {
  if (host.isLocal) return;
  const { client, context, delivering } = host;
  for (const runId of await listRunIds(context.home)) {
    signal.throwIfAborted();
    const folder = join(context.home, "runs", runId);
    const shipping = await findShipping(folder);
    const server = shipping?.server ?? (await readClaim(folder))?.server;
    if (server !== client.url || shipping?.isDone === true || delivering.has(runId)) continue;
    if (await isWritten(folder)) continue;
    delivering.add(runId);
    try {
      await shipJournal({ client, folder, until: Promise.resolve(), signal });
    } catch (error) {
      signal.throwIfAborted();
      // Of another token's worker, say. The run is on this disk; what is at work counts more.
      host.note(`${runId}: what it left behind could not be delivered. ${(error as Error).message}`);
      if (error instanceof NotAuthorizedError) continue;
    } finally {
      delivering.delete(runId);
    }
  }
}
