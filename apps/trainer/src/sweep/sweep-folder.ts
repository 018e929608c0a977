/**
 * `<home>/sweeps/<name>/`: `sweep.json`, what the sweep is; `trials.jsonl`, which trials began and how they ended, a line
 * each, append-only and fsynced; `sweep.lock/` while a process works on it. A sweep that was killed goes on from it.
 */
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunId, SweepName, SweepSpec } from "@convkit/schema";
import { RunBusyError, takeLock } from "@convkit/trainer/run-files";
import { z } from "zod";
import { ConfigError } from "../config/config-error.js";
import { parseFile } from "../run/parse-file.js";
import type { Sweep } from "./sweep-plan.js";

const step = { formatVersion: z.literal(1), trial: z.int().min(0), rung: z.int().min(0), runId: RunId };

const TrialEntry = z.discriminatedUnion("type", [
  z.object({ ...step, type: z.literal("started") }),
  z.object({
    ...step,
    type: z.literal("ended"),
    /** paused: successive halving may go on with the run. */
    status: z.enum(["completed", "stopped", "paused", "failed"]),
    /** Of the metric; null if it failed. */
    value: z.number().nullable(),
    /** Why it ended so. */
    reason: z.string(),
    /** Since it was begun or last gone on with. */
    durationMs: z.number().min(0),
  }),
]);
export type TrialEntry = z.infer<typeof TrialEntry>;
export type TrialEnded = Extract<TrialEntry, { type: "ended" }>;

const StoredSweep = z.object({
  formatVersion: z.literal(1),
  name: SweepName,
  spec: SweepSpec,
  /** What `--set` said. */
  assignments: z.array(z.record(z.string(), z.unknown())),
});

/** Another process works on the sweep. */
class SweepBusyError extends Error {
  override readonly name = "SweepBusyError";
}

/** The journal of a sweep holds something else. */
class SweepJournalError extends Error {
  override readonly name = "SweepJournalError";
}

export class SweepFolder {
  readonly path: string;
  readonly #entries: TrialEntry[];
  readonly #file: number;
  readonly #release: () => void;

  private constructor(path: string, file: number, { entries, release }: OpenedJournal) {
    this.path = path;
    this.#file = file;
    this.#entries = entries;
    this.#release = release;
  }

  /**
   * Makes the folder of a new sweep, or opens that of one to go on with. Random search may be gone on with for more trials;
   * until the first trial has begun, a sweep may become another.
   * @throws {ConfigError} if another sweep is called so. @throws {SweepBusyError} @throws {SweepJournalError}
   */
  static async open(home: string, sweep: Sweep): Promise<SweepFolder> {
    const path = join(home, "sweeps", sweep.name);
    mkdirSync(path, { recursive: true });
    const release = lock(path);
    try {
      const file = openSync(join(path, "trials.jsonl"), "a+");
      try {
        const entries = readWholeLines(file, path);
        await store(path, sweep, { mayDiffer: entries.length === 0 });
        return new SweepFolder(path, file, { entries, release });
      } catch (error) {
        closeSync(file);
        throw error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }

  get ended(): TrialEnded[] {
    return this.#entries.filter((entry) => entry.type === "ended");
  }

  /** Of the run that was last begun, or gone on with, for the trial; undefined if none was. */
  runIdOf(trial: number, rung: number): string | undefined {
    return this.#entries.findLast((entry) => entry.trial === trial && entry.rung === rung)?.runId;
  }

  /** Is on the disk when it returns. */
  append(entry: TrialEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#file);
    this.#entries.push(entry);
  }

  close(): void {
    closeSync(this.#file);
    this.#release();
  }
}

interface OpenedJournal {
  readonly entries: TrialEntry[];
  readonly release: () => void;
}

function lock(path: string): () => void {
  try {
    return takeLock(join(path, "sweep.lock"));
  } catch (cause) {
    if (!(cause instanceof RunBusyError)) throw cause;
    throw new SweepBusyError(
      `Expected a sweep that no other process works on. Received: ${path}, which ` +
        (cause.pid === null ? "is locked" : `process ${cause.pid} is at work on`) +
        `. Wait for it or end it first; if nothing is, delete ${join(path, "sweep.lock")}.`,
      { cause },
    );
  }
}

/** Writes what the sweep is, unless the same stands there. */
async function store(
  path: string,
  { name, spec, assignments }: Sweep,
  { mayDiffer }: { readonly mayDiffer: boolean },
): Promise<void> {
  const file = join(path, "sweep.json");
  const stored = mayDiffer ? undefined : readStored(file);
  const current = JSON.parse(JSON.stringify({ formatVersion: 1, name, spec, assignments })) as unknown;
  const sweep = StoredSweep.parse(current);
  if (stored) {
    const differing = differences(stored, sweep);
    if (differing.length > 0) {
      throw new ConfigError(
        `Expected the sweep that ${name} was begun as. Received: another ${differing.join(", another ")}. ` +
          `Give it another name (--name), or delete ${path}; its runs stay.`,
      );
    }
  }
  await writeFile(`${file}.tmp`, `${JSON.stringify(sweep, null, 2)}\n`);
  await rename(`${file}.tmp`, file);
}

function readStored(file: string): z.infer<typeof StoredSweep> | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return parseFile(StoredSweep, text, file);
  } catch (cause) {
    throw new SweepJournalError(`Expected a sweep in ${file}. Received: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Names of what differs; more trials of random search are the same sweep. */
function differences(stored: z.infer<typeof StoredSweep>, current: z.infer<typeof StoredSweep>): string[] {
  const parts = ({ spec, assignments }: z.infer<typeof StoredSweep>) => ({ ...spec, "--set": assignments });
  const [before, now] = [parts(stored), parts(current)];
  const grown =
    before.method.name === "random" &&
    now.method.name === "random" &&
    now.method.trials >= before.method.trials
      ? { ...now, method: { ...now.method, trials: before.method.trials } }
      : now;
  return Object.keys({ ...before, ...grown }).filter(
    (key) =>
      key !== "name" && JSON.stringify(Reflect.get(before, key)) !== JSON.stringify(Reflect.get(grown, key)),
  );
}

/** Cuts a torn last line off: its writer was killed in it. */
function readWholeLines(file: number, path: string): TrialEntry[] {
  const bytes = readFileSync(file);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString("utf8").split("\n").slice(0, -1);
  const entries = lines.map((line, index) => {
    try {
      return TrialEntry.parse(JSON.parse(line));
    } catch (cause) {
      throw new SweepJournalError(
        `Expected a trial on line ${index + 1} of ${join(path, "trials.jsonl")}. Received: ${line.slice(0, 200)}. ` +
          "Remove that line to go on without it.",
        { cause },
      );
    }
  });
  if (wholeBytes < bytes.length) ftruncateSync(file, wholeBytes);
  return entries;
}
