/**
 * One process at a time on a run: two of them would write one journal and one set of checkpoints.
 *
 * The lock is a folder with one file in it that says who holds it. It is made aside and renamed into place, which
 * fails where a folder with something in it stands: one of several wins, and nobody sees a lock without its holder.
 * A dead holder's file has a name that no other has, so that removing it cannot hit whoever came in between; what it
 * leaves is an empty folder, which is none in the way.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AttemptHolder, isDeadHolder, type HostProcesses } from "@convkit/schema";
import { hostProcesses } from "./host-processes.js";

/** Another process is training, resuming or judging the run, or may be. */
export class RunBusyError extends Error {
  override readonly name = "RunBusyError";
  /** Of the other process; null if its lock cannot be read. */
  readonly pid: number | null;
  constructor(message: string, pid: number | null) {
    super(message);
    this.pid = pid;
  }
}

/** Each failed one means that another process has moved; the bound is for systems that say so wrongly. */
const MOST_TRIES = 100;

/**
 * Takes the lock at `path`, from a dead process if need be.
 * @returns what gives it back.
 * @throws {RunBusyError} if a living process holds it, or one that cannot be asked about.
 */
export function takeLock(path: string): () => void {
  const token = randomUUID();
  const aside = `${path}.${token}`;
  const host = hostProcesses();
  mkdirSync(aside);
  try {
    const { pid } = process;
    const self: AttemptHolder = {
      formatVersion: 1,
      pid,
      machine: host.machine,
      startTime: host.startTimeOf(pid),
    };
    writeFileSync(join(aside, token), JSON.stringify(self));
    for (let tries = 1; !renamed(aside, path, tries === MOST_TRIES); tries++) removeDeadHolders(path, host);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
  return () => {
    rmSync(join(path, token), { force: true });
    removeIfEmpty(path);
  };
}

/** @returns false if a lock is in the way. */
function renamed(from: string, to: string, isLastTry: boolean): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Windows says EPERM of any folder in the way.
    if (isLastTry || !["ENOTEMPTY", "EEXIST", "EPERM"].includes(code)) throw error;
    return false;
  }
}

/** @throws {RunBusyError} if there is one that is not dead. */
function removeDeadHolders(path: string, host: HostProcesses): void {
  for (const name of unlessGone(() => readdirSync(path)) ?? []) {
    const file = join(path, name);
    const content = unlessGone(() => readFileSync(file, "utf8"));
    if (content === undefined) continue;
    const holder = parseHolder(content);
    if (!holder || !isDeadHolder(holder, host)) throw busy(path, holder, host);
    rmSync(file, { force: true });
  }
  removeIfEmpty(path);
}

function parseHolder(content: string): AttemptHolder | null {
  try {
    return AttemptHolder.parse(JSON.parse(content));
  } catch {
    return null;
  }
}

function busy(path: string, holder: AttemptHolder | null, host: HostProcesses): RunBusyError {
  const expected = "Expected a run that no other process works on. Received:";
  if (holder === null) {
    return new RunBusyError(
      `${expected} one whose lock cannot be read. If nothing works on the run, delete ${path}.`,
      null,
    );
  }
  const { pid, machine, startTime } = holder;
  if (machine !== host.machine) {
    return new RunBusyError(
      `${expected} one that process ${pid} on ${machine} has begun to work on. Wait for it; if it is surely not ` +
        `running there any more, delete ${path}.`,
      pid,
    );
  }
  const unsure =
    startTime === null ? `, or delete ${path} if that process has nothing to do with the run` : "";
  return new RunBusyError(
    `${expected} one that process ${pid} is at work on. Wait for it or end it first${unsure}.`,
    pid,
  );
}

/** A lock that someone has put there in the meantime stays. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTEMPTY", "EEXIST", "EPERM"].includes(code)) throw error;
  }
}

/** @returns undefined if what it looks for has gone. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}
