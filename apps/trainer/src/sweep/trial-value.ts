/** What a run has reached by its journal: the metric in the epoch whose weights it keeps. */
import type { TrainEvent } from "@convkit/schema";

export interface TrialValueOptions {
  readonly metric: string;
  /** Later epochs do not count. Default: all do. */
  readonly untilEpoch?: number | undefined;
}

/**
 * Epochs that were done again after a kill count as they came out last.
 * @returns null if no epoch has ended yet, or the kept one lacks the metric or has no number for it.
 */
export function trialValue(
  events: readonly TrainEvent[],
  { metric, untilEpoch = Infinity }: TrialValueOptions,
): number | null {
  const values = new Map<number, number | undefined>();
  let kept: number | undefined;
  for (const event of events) {
    if (event.type === "runStarted") {
      values.clear();
      kept = undefined;
    } else if (event.type === "epochEnded" && event.epoch <= untilEpoch) {
      values.set(event.epoch, event.logs[metric]);
    } else if (event.type === "checkpointSaved" && event.kind === "best" && event.epoch <= untilEpoch) {
      kept = event.epoch;
    }
  }
  const value = kept === undefined ? undefined : values.get(kept);
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** The last epoch that has ended and is saved, from where a later attempt would go on; 0 before the first. */
export function epochsSaved(events: readonly TrainEvent[]): number {
  let saved = 0;
  let ended = { epoch: 0, step: -1 };
  for (const event of events) {
    if (event.type === "runStarted") saved = 0;
    else if (event.type === "resumed") saved = event.fromEpoch;
    else if (event.type === "epochEnded") ended = event;
    else if (event.type === "checkpointSaved" && event.kind === "last" && event.step === ended.step)
      saved = ended.epoch;
  }
  return saved;
}
