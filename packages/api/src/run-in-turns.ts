/** Long computations beside everything else that the server answers: some milliseconds of them, then whoever waits. */
import { setImmediate } from "node:timers/promises";
import type { Steps } from "@convkit/evaluator";

/** A page is drawn, and a worker heard, within so much more at the most, and one step. */
const TURN_MS = 10;

/** @throws the signal's reason, within a turn of its abort. */
export async function runInTurns<Result>(steps: Steps<Result>, signal?: AbortSignal): Promise<Result> {
  let begun = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - begun < TURN_MS) continue;
    await setImmediate();
    begun = performance.now();
  }
}
