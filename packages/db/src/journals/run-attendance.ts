/**
 * Whether anybody works on a run of this machine: what `attempt.lock/` in its folder says, which the trainer takes
 * before it writes the first event of an attempt and gives back after the last one.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  AttemptHolder,
  isDeadHolder,
  machineName,
  startTimeInStat,
  type HostProcesses,
} from "@convkit/schema";

/**
 * - `attended`: a process holds the lock, or one that cannot be asked about does.
 * - `dead`: who held it is gone.
 * - `free`: nobody holds it.
 */
export type Attendance = "attended" | "dead" | "free";

export async function readAttendance(folder: string): Promise<Attendance> {
  const lock = join(folder, "attempt.lock");
  const names = await readdir(lock).catch((error: NodeJS.ErrnoException): string[] | null =>
    error.code === "ENOENT" ? [] : null,
  );
  if (names === null) return "attended";
  for (const name of names) {
    // One that goes away meanwhile is given back or taken over: the next look tells.
    const text = await readFile(join(lock, name), "utf8").catch(() => "");
    const holder = parseHolder(text);
    if (!holder || !isDeadHolder(holder, HOST)) return "attended";
  }
  return names.length === 0 ? "free" : "dead";
}

function parseHolder(text: string): AttemptHolder | null {
  try {
    return AttemptHolder.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const HOST: HostProcesses = {
  get machine() {
    try {
      return machineName(hostname(), readlinkSync("/proc/self/ns/pid"));
    } catch {
      return machineName(hostname(), null);
    }
  },
  exists(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // EPERM: it lives, and is another user's.
      return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
  },
  startTimeOf(pid) {
    try {
      return startTimeInStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return null;
    }
  },
};
