/**
 * PostgreSQL's own lock, `postmaster.pid`, after a crash. PostgreSQL takes the lock over when no process has its
 * number any more; but numbers are given out again, in containers at once, and then it refuses to start. So whether
 * the process is a PostgreSQL is looked up first.
 */
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** @returns the process id of the PostgreSQL that holds the data, or null if none does. */
export async function readPostmasterPid(data: string): Promise<number | null> {
  let text: string;
  try {
    text = await readFile(join(data, "postmaster.pid"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const pid = Number.parseInt(text.split("\n")[0] ?? "", 10);
  return Number.isInteger(pid) && pid > 0 && (await isPostgresOf(pid, data)) ? pid : null;
}

/** Removes a lock whose process is gone, or is something else by now. */
export async function clearStaleLock(data: string): Promise<void> {
  if ((await readPostmasterPid(data)) === null) await rm(join(data, "postmaster.pid"), { force: true });
}

/** The keeper starts it with `-D <data>`; another cluster's PostgreSQL, or one of its children, is something else. */
async function isPostgresOf(pid: number, data: string): Promise<boolean> {
  const isOurs = (command: string) => command.includes("postgres") && command.includes(data);
  try {
    if (process.platform === "linux") return isOurs(await readFile(`/proc/${pid}/cmdline`, "utf8"));
    const { stdout } = await promisify(execFile)("ps", ["-ww", "-p", String(pid), "-o", "command="]);
    return isOurs(stdout);
  } catch {
    // There is no such process.
    return false;
  }
}
