/**
 * `<home>/sweeps/<name>/`: `sweep.json`, what the sweep is; `trials.jsonl`, which trials began and how they ended, a line
 * each, append-only and fsynced; `sweep.lock/` while a process works on it. A sweep that was killed goes on from it.
 */
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { RunId, SweepName, SweepSpec } from "@convkit/schema";
import { createRunId, replaceFile, RunBusyError, takeLock } from "@convkit/trainer/run-files";
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
  /** Made once, so that two sweeps of one name are two; of a folder of old, the name. */
  id: SweepName.optional(),
  name: SweepName,
  spec: SweepSpec,
  /** What `--set` said. */
  assignments: z.array(z.record(z.string(), z.unknown())),
});
type StoredSweep = z.infer<typeof StoredSweep>;

/** Characters of a field's value in an error. */
const LONGEST_VALUE = 80;

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
  readonly id: string;
  /** As it was begun, to which the order of the file's keys belongs: a grid's trials are numbered by it. */
  readonly sweep: Sweep;
  readonly #entries: TrialEntry[];
  readonly #file: number;
  readonly #release: () => void;

  private constructor(
    path: string,
    { file, entries, release }: OpenedJournal,
    { id, sweep }: Pick<SweepFolder, "id" | "sweep">,
  ) {
    this.path = path;
    this.id = id;
    this.sweep = sweep;
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
        const stored = await store(path, sweep, { mayDiffer: entries.length === 0 });
        return new SweepFolder(path, { file, entries, release }, stored);
      } catch (error) {
        closeSync(file);
        throw error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }

  /** How each trial has ended at each rung, but for those that were begun again since. */
  get ended(): TrialEnded[] {
    const last = new Map(this.#entries.map((entry) => [`${entry.trial} ${entry.rung}`, entry]));
    return [...last.values()].filter((entry) => entry.type === "ended");
  }

  /** Begins every trial that has failed again, each as another run. */
  retryFailed(): void {
    for (const { trial, rung, status } of this.ended) {
      if (status !== "failed") continue;
      this.append({ formatVersion: 1, type: "started", trial, rung, runId: createRunId() });
    }
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
  readonly file: number;
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
  sweep: Sweep,
  { mayDiffer }: { readonly mayDiffer: boolean },
): Promise<Pick<SweepFolder, "id" | "sweep">> {
  const file = join(path, "sweep.json");
  const stored = mayDiffer ? undefined : readStored(file);
  if (stored) checkSame(stored, sweep, path);
  const id = stored ? (stored.id ?? stored.name) : createRunId();
  const kept = stored ? { ...sweep, spec: { ...stored.spec, method: sweep.spec.method } } : sweep;
  const { name, spec, assignments } = kept;
  const text = `${JSON.stringify({ formatVersion: 1, id, name, spec, assignments }, null, 2)}\n`;
  if (!stored || text !== readFileSync(file, "utf8")) await replaceFile(file, text);
  return { id, sweep: kept };
}

function readStored(file: string): StoredSweep | undefined {
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

/**
 * More trials of random search are the same sweep, and so are its keys in another order.
 * @throws {ConfigError} that names what differs.
 */
function checkSame(stored: StoredSweep, { name, spec, assignments }: Sweep, path: string): void {
  const current = StoredSweep.parse(JSON.parse(JSON.stringify({ ...stored, spec, assignments })));
  const [before, now] = [partsOf(stored), partsOf(current)];
  const isGrown =
    stored.spec.method.name === "random" &&
    spec.method.name === "random" &&
    spec.method.trials >= stored.spec.method.trials;
  const changes = differences(before, now).filter(
    ([at]) => !(isGrown && at.length === 2 && at.join(".") === "method.trials"),
  );
  if (changes.length === 0) return;
  const parts = [...new Set(changes.map(([[part]]) => part))];
  throw new ConfigError(
    [
      `Expected the sweep that ${name} was begun as. Received: another ${parts.join(", another ")}.`,
      ...changes.map(([at, was, is]) => `  ${at.join(".")}: ${inShort(is)}, which was ${inShort(was)}`),
      `Give it another name (--name), or delete ${path}; its runs stay.`,
    ].join("\n"),
  );
}

function partsOf({ spec: { name: _, ...spec }, assignments }: StoredSweep): object {
  return { ...spec, "--set": assignments };
}

type Change = readonly [at: readonly string[], was: unknown, is: unknown];

/** Where two JSON values differ; the order of an object's keys is none of it. */
function differences(was: unknown, is: unknown, at: readonly string[] = []): Change[] {
  if (was === is) return [];
  if (!isObject(was) || !isObject(is) || Array.isArray(was) !== Array.isArray(is)) return [[at, was, is]];
  return Object.keys({ ...was, ...is }).flatMap((key) =>
    differences(Reflect.get(was, key), Reflect.get(is, key), [...at, key]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function inShort(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
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
