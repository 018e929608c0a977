/**
 * A run's folder and the names of what lies in it:
 * config.json, events.jsonl, checkpoints/{last,best,step-…}/, model/, predictions.bin, predictions-validation.bin,
 * report.json, report.md, report.html, profile.json, artifacts/; while a process works on it, attempt.lock/; written by others, request.json and claim.json.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { RunConfig } from "@convkit/schema";
import { RunBusyError, takeLock } from "./attempt-lock.js";
import { replaceFile } from "./replace-file.js";

const LOCK = "attempt.lock";

/** The folder for a new run is already in use. */
export class RunFolderExistsError extends Error {
  override readonly name = "RunFolderExistsError";
}

/** There is no run in the folder, or its config cannot be read. */
export class NotARunError extends Error {
  override readonly name = "NotARunError";
}

export class RunFolder {
  /** Absolute. */
  readonly path: string;
  readonly runId: string;
  readonly config: RunConfig;

  private constructor(path: string, config: RunConfig) {
    this.path = path;
    this.runId = basename(path);
    this.config = config;
  }

  /**
   * Makes the folder. What makes it a run is its config.json, which comes last and whole.
   * @param path its last part becomes the run's id; there may stand an empty folder, one with a queue's claim, or what
   * one that was killed here left before that.
   * @throws {RunFolderExistsError} if something else is there, or another process is making a run there.
   */
  static async create(path: string, config: RunConfig): Promise<RunFolder> {
    const folder = new RunFolder(resolve(path), config);
    await mkdir(folder.path, { recursive: true });
    await folder.checkUnused();
    try {
      await folder.withLock(async () => {
        await folder.checkUnused();
        await mkdir(folder.checkpoints, { recursive: true });
        await mkdir(folder.artifacts, { recursive: true });
        await replaceFile(folder.configFile, `${JSON.stringify(config, null, 2)}\n`);
      });
    } catch (error) {
      if (!(error instanceof RunBusyError)) throw error;
      throw new RunFolderExistsError(`${error.message} Or choose another folder.`, { cause: error });
    }
    return folder;
  }

  /** Whatever else lies there may be somebody's, or a run. */
  private async checkUnused(): Promise<void> {
    const own = [this.checkpoints, this.artifacts];
    for (const name of await readdir(this.path)) {
      const path = join(this.path, name);
      if (name.startsWith(LOCK) || path === `${this.configFile}.tmp` || path === this.claim) continue;
      if (own.includes(path) && (await isEmptyFolder(path))) continue;
      throw new RunFolderExistsError(
        `Expected no folder, or an empty one, for a new run. Received: ${this.path}, with ${name} in it. ` +
          "Choose another folder, or resume the run if one is there.",
      );
    }
  }

  /** @throws {NotARunError} if the folder holds no run. */
  static async open(path: string): Promise<RunFolder> {
    const target = resolve(path);
    try {
      const json: unknown = JSON.parse(await readFile(join(target, "config.json"), "utf8"));
      return new RunFolder(target, RunConfig.parse(json));
    } catch (cause) {
      throw new NotARunError(
        `Expected a run's folder with a config.json. Received: ${target} (${(cause as Error).message})`,
        { cause },
      );
    }
  }

  /**
   * Does what writes to the run while no other process does: on this machine, also if an earlier one was killed.
   * @throws {RunBusyError} if another process is at it, or one that cannot be asked about.
   */
  async withLock<T>(task: () => Promise<T>): Promise<T> {
    const release = takeLock(join(this.path, LOCK));
    try {
      return await task();
    } finally {
      release();
    }
  }

  get configFile(): string {
    return join(this.path, "config.json");
  }
  get journal(): string {
    return join(this.path, "events.jsonl");
  }
  /** What is asked of the run from outside: `RunRequest`. */
  get request(): string {
    return join(this.path, "request.json");
  }
  /** The queue that the run belongs to: `RunClaim`. */
  get claim(): string {
    return join(this.path, "claim.json");
  }
  get checkpoints(): string {
    return join(this.path, "checkpoints");
  }
  get lastCheckpoint(): string {
    return join(this.checkpoints, "last");
  }
  get bestCheckpoint(): string {
    return join(this.checkpoints, "best");
  }
  get artifacts(): string {
    return join(this.path, "artifacts");
  }
  get model(): string {
    return join(this.path, "model");
  }
  /** Where the time of a step went: `StepProfile`. */
  get profile(): string {
    return join(this.path, "profile.json");
  }
  get predictions(): string {
    return join(this.path, "predictions.bin");
  }
  /** Of the validation pictures, where others judge the run. */
  get validationPredictions(): string {
    return join(this.path, "predictions-validation.bin");
  }
  report(format: "json" | "md" | "html"): string {
    return join(this.path, `report.${format}`);
  }
}

async function isEmptyFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory() && (await readdir(path)).length === 0;
}

/** Sorts by time (UTC) and reads well: `20250131-140509-3f9a0c`. */
export function createRunId(now: Date = new Date()): string {
  const [date, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `${date}-${time}-${randomBytes(3).toString("hex")}`;
}
