/** How far a run is and how long it will take, from what its row says. */
import type { RunRow } from "../../trpc/context";

type Standing = Pick<
  RunRow,
  "status" | "step" | "totalSteps" | "startedAt" | "lastEventAt" | "endedAt" | "attempt"
>;

/** 0 to 1; null while its data is not opened yet. */
export function progressOf({ step, totalSteps }: Standing): number | null {
  return totalSteps ? Math.min(1, step / totalSteps) : null;
}

/** At the pace so far, validation included; null where there is none yet, or a resume makes it meaningless. */
export function remainingMsOf(run: Standing, nowMs: number): number | null {
  const { status, step, totalSteps, startedAt, lastEventAt, attempt } = run;
  if (status !== "running" || !totalSteps || !startedAt || !lastEventAt || step === 0 || attempt > 1)
    return null;
  const perStepMs = (lastEventAt - startedAt) / step;
  const sinceMs = Math.max(0, Math.min(nowMs - lastEventAt, perStepMs));
  return Math.max(0, perStepMs * (totalSteps - step) - sinceMs);
}

export function durationMsOf({ startedAt, endedAt, lastEventAt }: Standing): number | null {
  const end = endedAt ?? lastEventAt;
  return startedAt !== null && end !== null ? Math.max(0, end - startedAt) : null;
}

const SILENT_MS = 90_000;

/** For how long a run that should be at work has said nothing; null where that is no reason to worry. */
export function silentMsOf({ status, lastEventAt }: Standing, nowMs: number): number | null {
  if (status !== "running" || lastEventAt === null) return null;
  const silentMs = nowMs - lastEventAt;
  return silentMs > SILENT_MS ? silentMs : null;
}
