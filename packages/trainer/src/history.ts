/** The curve of a run, out of its journal. */
import type { TrainEvent } from "@convkit/schema";
import type { EpochRecord } from "./run-options.js";

/**
 * The epochs in order. After `resumed {fromEpoch}` those beyond `fromEpoch` are done again, after `runStarted` all of
 * them: what the attempts before said about them no longer counts, so a curve never doubles.
 */
export function historyOf(events: readonly TrainEvent[]): EpochRecord[] {
  let history: EpochRecord[] = [];
  for (const event of events) {
    if (event.type === "runStarted") {
      history = [];
    } else if (event.type === "resumed") {
      history = history.filter(({ epoch }) => epoch <= event.fromEpoch);
    } else if (event.type === "epochEnded") {
      const { epoch, step, durationMs, logs } = event;
      history.push({ epoch, step, durationMs, logs });
    }
  }
  return history;
}
