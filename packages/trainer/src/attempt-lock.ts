/**
 * One process at a time on a run: two of them would write one journal and one set of checkpoints.
 *
 * The lock is a folder with one file in it that says who holds it. It is made aside and renamed into place, which
 * fails where a folder with something in it stands: one of several wins, and nobody sees a lock without its holder.
 * A dead holder's file has a name that no other has, so that removing it cannot hit whoever came in between; what it
 * leaves is an empty folder, which is none in the way.
 *
 * Whether a holder lives is asked of the system. A holder could not renew anything: a training step blocks its
 * process for as long as it takes.
 */
import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

interface Holder {
  readonly pid: number;
  readonly machine: string;
  /** Tells a process from a later one with its number; null where the system does not say. */
  readonly startTime: string | null;
}

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
  mkdirSync(aside);
  try {
    const self: Holder = { pid: process.pid, machine: machineName(), startTime: startTimeOf(process.pid) };
    writeFileSync(join(aside, token), JSON.stringify(self));
    for (let tries = 1; !renamed(aside, path, tries === MOST_TRIES); tries++) removeDeadHolders(path);
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
function removeDeadHolders(path: string): void {
  for (const name of unlessGone(() => readdirSync(path)) ?? []) {
    const file = join(path, name);
    const content = unlessGone(() => readFileSync(file, "utf8"));
    if (content === undefined) continue;
    const holder = parseHolder(content);
    if (!holder || !isDead(holder)) throw busy(path, holder);
    rmSync(file, { force: true });
  }
  removeIfEmpty(path);
}

function isDead({ pid, machine, startTime }: Holder): boolean {
  if (machine !== machineName()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const now = startTimeOf(pid);
  return now !== null && startTime !== null && now !== startTime;
}

/** Containers may share a host's name and a disk, and still number their processes apart. */
function machineName(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/**
 * Clock ticks from the system's start to the process's, of Linux's /proc/<pid>/stat (`man 5 proc`); null elsewhere. A
 * process that is dead and only not waited for (a zombie) has none that equals another.
 */
function startTimeOf(pid: number): string | null {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return null;
  const stat = unlessGone(() => readFileSync(path, "utf8"));
  if (stat === undefined) return null;
  // The name before it, in brackets, may hold anything.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? "dead" : (fields[18] ?? null);
}

function parseHolder(content: string): Holder | null {
  try {
    const { pid, machine, startTime } = JSON.parse(content) as Partial<Holder>;
    if (!Number.isSafeInteger(pid) || pid! < 1 || typeof machine !== "string") return null;
    return { pid: pid!, machine, startTime: startTime ?? null };
  } catch {
    return null;
  }
}

function busy(path: string, holder: Holder | null): RunBusyError {
  const expected = "Expected a run that no other process works on. Received:";
  if (holder === null) {
    return new RunBusyError(
      `${expected} one whose lock cannot be read. If nothing works on the run, delete ${path}.`,
      null,
    );
  }
  const { pid, machine, startTime } = holder;
  if (machine !== machineName()) {
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
