/** Whether a worker is there, from when it was last heard of. */
import type { WorkerRow } from "../../trpc/context";

/** It asks for work every few seconds, and speaks up every half minute while it has some. */
const LIVE_MS = 60_000;
/** By then the queue has given its job to another. */
const LOST_MS = 150_000;

export type Standing = "live" | "quiet" | "lost";

export function standingOf({ lastSeenAt }: Pick<WorkerRow, "lastSeenAt">, nowMs: number): Standing {
  const silentMs = nowMs - lastSeenAt;
  return silentMs < LIVE_MS ? "live" : silentMs < LOST_MS ? "quiet" : "lost";
}

/** Whether it can take a job soon. */
export const isHere = (worker: Pick<WorkerRow, "lastSeenAt">, nowMs: number) =>
  standingOf(worker, nowMs) !== "lost";
