/**
 * Trying again what fails for the moment: a network that is away, a server that starts anew. The pauses grow by half
 * and are drawn at random between half of one and the whole, so that workers that lost a server together do not return
 * together ("equal jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
import { setTimeout as delay } from "node:timers/promises";
import { isAway, isPassing } from "./server-errors.js";

export interface PersistOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to go on without any progress; 0 tries once. */
  readonly patienceMs: number;
  readonly pauses?: Pauses | undefined;
}

export interface Pauses {
  readonly firstMs: number;
  readonly mostMs: number;
}

const PAUSES: Pauses = { firstMs: 500, mostMs: 20_000 };
const GROWTH = 1.5;
/** A server that is there and fails at this very call will hardly be better for more of it. */
const MOST_MS_OF_ERRORS = 10 * 60_000;

/**
 * @param attempt is told `progress`, to be called when something has moved: patience then begins anew.
 * @throws whatever the last attempt threw; the signal's reason once it is aborted.
 */
export async function persist<T>(
  attempt: (progress: () => void) => Promise<T>,
  { signal, patienceMs, pauses: { firstMs, mostMs } = PAUSES }: PersistOptions,
): Promise<T> {
  let failingSince: number | null = null;
  let pauseMs = firstMs;
  const progress = () => {
    failingSince = null;
    pauseMs = firstMs;
  };
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt(progress);
    } catch (error) {
      signal?.throwIfAborted();
      const now = performance.now();
      failingSince ??= now;
      const boundMs = isAway(error) ? patienceMs : Math.min(patienceMs, MOST_MS_OF_ERRORS);
      if (!isPassing(error) || now - failingSince >= boundMs) throw error;
    }
    await pause(pauseMs * (0.5 + Math.random() / 2), signal);
    pauseMs = Math.min(pauseMs * GROWTH, mostMs);
  }
}

/** @throws the signal's reason once it is aborted. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
