/** Which process holds something on a disk that several machines may share, and whether it still lives. */
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** @param pid of a process of this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Containers may share a host's name and a disk, and still number their processes apart. */
export function machineName(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
