/** Changes of runs, as PostgreSQL notifies of them, for any number of pages that follow. */
import { on, EventEmitter } from "node:events";
import { followRuns, type Database } from "@convkit/db";

export interface RunChange {
  /** null: a change of some runs, of which nobody knows which. */
  readonly runId: string | null;
}

export interface RunChanges {
  /** Ends when the signal is aborted. Changes of one run that come close together are told once. */
  follow(signal: AbortSignal): AsyncIterable<RunChange>;
}

const GATHER_MS = 250;

/** Listens until the signal is aborted. */
export function createRunChanges(database: Database, signal: AbortSignal): RunChanges {
  const emitter = new EventEmitter().setMaxListeners(0);
  const waiting = new Set<string | null>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    timer = undefined;
    for (const runId of waiting) emitter.emit("change", { runId } satisfies RunChange);
    waiting.clear();
  };
  void followRuns(
    database,
    (runId) => {
      waiting.add(runId);
      timer ??= setTimeout(tell, GATHER_MS);
    },
    signal,
  );
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return {
    // Heard from the call on, not from when the first change is asked for.
    follow: (until) =>
      untilAborted(until.aborted ? NOTHING : on(emitter, "change", { signal: until }), until),
  };
}

const NOTHING: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

async function* untilAborted(
  changes: AsyncIterable<unknown[]>,
  signal: AbortSignal,
): AsyncGenerator<RunChange> {
  try {
    for await (const [change] of changes) yield change as RunChange;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
