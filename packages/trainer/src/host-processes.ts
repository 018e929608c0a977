/** What this machine's system says of its processes, for the lock of a run. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { machineName, startTimeInStat, type HostProcesses } from "@convkit/schema";

export function hostProcesses(): HostProcesses {
  return { machine: machineName(hostname(), pidNamespace()), exists, startTimeOf };
}

function pidNamespace(): string | null {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function startTimeOf(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // No /proc, or gone meanwhile.
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
  return startTimeInStat(stat);
}
