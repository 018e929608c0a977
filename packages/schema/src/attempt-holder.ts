/**
 * Who works on a run: the one file in `attempt.lock/` in its folder, and how a dead holder is told from a living one.
 * Whoever takes the lock and whoever only looks whether anybody has it must judge alike. A holder renews nothing, for a
 * training step blocks its process as long as it takes: the system is asked, and what it says comes in.
 */
import { z } from "zod";

export const AttemptHolder = z.object({
  /** Locks of earlier builds do not say it. */
  formatVersion: z.literal(1).default(1),
  pid: z.int().min(1),
  /** `machineName` of where the process runs. */
  machine: z.string().min(1),
  /** Tells a process from a later one with its number; null where the system does not say. */
  startTime: z.string().nullable(),
});
export type AttemptHolder = z.infer<typeof AttemptHolder>;

/** What a system says of its processes. */
export interface HostProcesses {
  /** `machineName` of this one. */
  readonly machine: string;
  /** false only where no process has that number; one that may not be asked about is there. */
  exists(pid: number): boolean;
  /** null where the system does not say, or there is no such process. */
  startTimeOf(pid: number): string | null;
}

/** @returns false for a holder that cannot be asked about: one on another machine or in another container. */
export function isDeadHolder({ pid, machine, startTime }: AttemptHolder, host: HostProcesses): boolean {
  if (machine !== host.machine) return false;
  if (!host.exists(pid)) return true;
  const now = host.startTimeOf(pid);
  return now !== null && startTime !== null && now !== startTime;
}

/**
 * Containers may share a host's name and a disk, and still number their processes apart.
 * @param pidNamespace where /proc/self/ns/pid leads to; null but on Linux.
 */
export function machineName(hostname: string, pidNamespace: string | null): string {
  return pidNamespace === null ? hostname : `${hostname} ${pidNamespace}`;
}

/**
 * Clock ticks from the system's start to the process's, of Linux's /proc/<pid>/stat (`man 5 proc`). A process that is
 * dead and only not waited for (a zombie) has none that equals another.
 */
export function startTimeInStat(stat: string): string | null {
  // The name before it, in brackets, may hold anything.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? "dead" : (fields[18] ?? null);
}
