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
  return Number.isInteger(pid) && pid > 0 && (await isPostgres(pid)) ? pid : null;
}

/** Removes a lock whose process is gone, or is something else by now. */
export async function clearStaleLock(data: string): Promise<void> {
  if ((await readPostmasterPid(data)) === null) await rm(join(data, "postmaster.pid"), { force: true });
}

async function isPostgres(pid: number): Promise<boolean> {
  try {
    if (process.platform === "linux") return /postgres/.test(await readFile(`/proc/${pid}/cmdline`, "utf8"));
    const { stdout } = await promisify(execFile)("ps", ["-p", String(pid), "-o", "command="]);
    return /postgres/.test(stdout);
  } catch {
    // There is no such process.
    return false;
  }
}
