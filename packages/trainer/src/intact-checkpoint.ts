/**
 * The checkpoint to go on from, or to judge: the newest that is whole. One that is damaged is put aside under another
 * name, so that nothing is lost that somebody might still get something out of, and told of in words.
 */
import { access, readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { CheckpointCorruptError, checkpointFile, loadCheckpoint, type Checkpoint } from "./checkpoint.js";
import type { RunFolder } from "./run-folder.js";

export interface IntactCheckpoint {
  /** Name of its folder: `last`, `best` or `step-000120`. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
}

export interface FoundCheckpoint {
  /** null where there is none that is whole. */
  readonly found: IntactCheckpoint | null;
  /** A sentence or two for each that was damaged, and where it lies now. */
  readonly damaged: readonly string[];
}

/**
 * Of the run's checkpoints the one of the most steps; of two of the same step `last`, which alone knows of a request to
 * stop.
 *
 * @throws {CheckpointCorruptError} if all that there are were damaged.
 */
export async function newestCheckpoint(folder: RunFolder): Promise<FoundCheckpoint> {
  const paths = [
    folder.lastCheckpoint,
    folder.bestCheckpoint,
    ...(await stepCheckpoints(folder.checkpoints)),
  ];
  let found: IntactCheckpoint | null = null;
  const damaged: string[] = [];
  for (const path of paths) {
    const checkpoint = await loadOrPutAside(path, damaged);
    if (checkpoint && checkpoint.state.step > (found?.checkpoint.state.step ?? -1)) {
      found = { name: basename(path), checkpoint };
    }
  }
  if (found || damaged.length === 0) return { found, damaged };
  throw new CheckpointCorruptError(
    `Expected a whole checkpoint to go on from. Received: none. ${damaged.join(" ")} ` +
      `\`convkit resume ${folder.runId}\` now begins the run anew; its config.json, given to \`convkit train --config\`, ` +
      "begins another.",
  );
}

/**
 * The one that was best, or where that is damaged or not there, the newest.
 * @returns `found: null` where there is none, or none that is whole.
 */
export async function bestCheckpoint(folder: RunFolder): Promise<FoundCheckpoint> {
  const damaged: string[] = [];
  const best = await loadOrPutAside(folder.bestCheckpoint, damaged);
  if (best) return { found: { name: "best", checkpoint: best }, damaged };
  try {
    const newest = await newestCheckpoint(folder);
    return { found: newest.found, damaged: [...damaged, ...newest.damaged] };
  } catch (error) {
    if (!(error instanceof CheckpointCorruptError)) throw error;
    return { found: null, damaged: [...damaged, error.message] };
  }
}

/** Folders of what was kept every so many steps, oldest first; those whose file has been put aside are left out. */
export async function stepCheckpoints(checkpoints: string): Promise<string[]> {
  const names = (await readdir(checkpoints).catch(noneIfMissing)).filter((name) => STEP_FOLDER.test(name));
  const stepOf = (name: string): number => Number(STEP_FOLDER.exec(name)![1]);
  const paths = names.sort((a, b) => stepOf(a) - stepOf(b)).map((name) => join(checkpoints, name));
  const isThere = await Promise.all(paths.map((path) => exists(checkpointFile(path))));
  return paths.filter((_, index) => isThere[index]);
}

/** `step-000120`: by name in the order of their steps, up to a million. */
export function stepFolderName(step: number): string {
  return `step-${String(step).padStart(6, "0")}`;
}

const STEP_FOLDER = /^step-(\d{6,})$/;

async function loadOrPutAside(path: string, damaged: string[]): Promise<Checkpoint | null> {
  try {
    return await loadCheckpoint(path);
  } catch (error) {
    if (!(error instanceof CheckpointCorruptError)) throw error;
    const aside = await putAside(checkpointFile(path));
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    damaged.push(`${checkpointFile(path)} is damaged: ${reason} It was renamed to ${basename(aside)}.`);
    return null;
  }
}

/** @returns its new path, which nothing had before. */
async function putAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = `${path}.damaged${number === 1 ? "" : `-${number}`}`;
    if (await exists(aside)) continue;
    await rename(path, aside);
    return aside;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function noneIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
