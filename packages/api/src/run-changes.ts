/**
 * Changes of runs, as PostgreSQL notifies of them, for any number of pages that follow. The last change of each run is
 * remembered under a number, so that a page whose connection broke hears of what it missed, and only of that.
 */
import { randomUUID } from "node:crypto";
import { on, EventEmitter } from "node:events";
import { followRuns, type Database } from "@convkit/db";

export interface RunChange {
  /** Where to go on after this change; another server's, or a restarted one's, means nothing here. */
  readonly id: string;
  /** null: a change of some runs, of which nobody knows which. */
  readonly runId: string | null;
}

export interface RunChanges {
  /**
   * First what changed since `lastEventId`, each run once; where that cannot be known, a change of unknown runs. Then
   * what changes, until the signal is aborted; changes of one run that come close together are told once.
   */
  follow(signal: AbortSignal, lastEventId?: string | null): AsyncIterable<RunChange>;
}

const GATHER_MS = 250;
/** Runs whose last change is remembered. */
const MOST_REMEMBERED = 10_000;

/** Listens until the signal is aborted. */
export function createRunChanges(database: Database, signal: AbortSignal): RunChanges {
  const emitter = new EventEmitter().setMaxListeners(0);
  const history = createHistory();
  const waiting = new Set<string | null>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    timer = undefined;
    for (const runId of waiting) emitter.emit("change", history.add(runId));
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
    follow(until, lastEventId) {
      // Heard from the call on, not from when the first change is asked for.
      const changes = until.aborted ? NOTHING : on(emitter, "change", { signal: until });
      return untilAborted(history.since(lastEventId), changes, until);
    },
  };
}

function createHistory() {
  const server = randomUUID();
  const idOf = (number: number) => `${server}:${number}`;
  /** The number of each run's last change, in the order of the numbers. */
  const last = new Map<string | null, number>();
  let count = 0;
  /** Changes up to this number are forgotten. */
  let forgotten = 0;
  return {
    add(runId: string | null): RunChange {
      count += 1;
      last.delete(runId);
      last.set(runId, count);
      if (last.size > MOST_REMEMBERED) {
        const [oldest, number] = last.entries().next().value!;
        last.delete(oldest);
        forgotten = number;
      }
      return { id: idOf(count), runId };
    },
    since(id: string | null | undefined): readonly RunChange[] {
      const number = id?.startsWith(`${server}:`) ? Number.parseInt(id.slice(server.length + 1), 10) : NaN;
      const isKnown = number >= forgotten && number <= count;
      if (!isKnown) return [{ id: idOf(count), runId: null }];
      return [...last].flatMap(([runId, at]) => (at > number ? { id: idOf(at), runId } : []));
    },
  };
}

const NOTHING: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

async function* untilAborted(
  missed: readonly RunChange[],
  changes: AsyncIterable<unknown[]>,
  signal: AbortSignal,
): AsyncGenerator<RunChange> {
  yield* missed;
  try {
    for await (const [change] of changes) yield change as RunChange;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
