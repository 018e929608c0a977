/** Which runs of a sweep may be compared: those of successive halving had different numbers of epochs. */
import type { RunStatus } from "../generated/enums.js";

interface Trial {
  /** null where all runs have the epochs of their config. */
  readonly rung: number | null;
  readonly status: RunStatus;
  /** Done so far. */
  readonly epoch: number;
  readonly value: number | null;
}

const AT_WORK: readonly RunStatus[] = ["queued", "running"];
const RUINED: readonly RunStatus[] = ["failed", "lost"];

/** Of successive halving, the best of those with the most epochs, as the sweep itself decides. */
export function bestTrial<T extends Trial>(trials: readonly T[], mode: "min" | "max"): T | null {
  const ended = trials.filter(
    ({ value, status }) => value !== null && !AT_WORK.includes(status) && !RUINED.includes(status),
  );
  const isHalving = ended.some(({ rung }) => rung !== null);
  const most = Math.max(...ended.map(({ epoch }) => epoch));
  const sign = mode === "min" ? 1 : -1;
  return (
    ended
      .filter(({ epoch }) => !isHalving || epoch === most)
      .sort((a, b) => sign * (a.value! - b.value!))
      .at(0) ?? null
  );
}

/**
 * What a parameter's importance is told by. Every trial of successive halving has passed the first rung, and there alone
 * all had as many epochs: later rungs hold but the best, of which little could be learnt.
 * @returns `untilEpoch`: epochs that count; null: all.
 */
export function comparedTrials<T extends Trial>(
  trials: readonly T[],
): { readonly compared: readonly T[]; readonly untilEpoch: number | null } {
  const first = trials.filter(({ rung }) => rung === null || rung === 0);
  const isHalving = first.some(({ rung }) => rung === 0);
  const ended = first.filter(({ status, value }) => value !== null && !AT_WORK.includes(status));
  if (!isHalving || ended.length === 0) return { compared: first, untilEpoch: null };
  return { compared: first, untilEpoch: Math.min(...ended.map(({ epoch }) => epoch)) };
}
