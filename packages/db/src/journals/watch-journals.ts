/**
 * Ingests the journals of the runs on this machine as they grow, and on start-up what was missed; sees, too, when nobody
 * writes to one any more. The journals are polled: a file system that tells of changes does so on no network share, and a
 * look at a file's size is cheap.
 */
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BlobStore } from "../blobs/blob-store.js";
import { settleArtifacts, takeLocalArtifacts } from "../blobs/settle-artifacts.js";
import { connectionsOf, type Database } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { decodePart, readPart } from "./journal-parts.js";
import { findUnattendedRuns, settleUnattendedRun } from "./lost-runs.js";

export interface ReadJournalsOptions {
  /** Absolute path of CONVKIT_HOME. */
  readonly home: string;
  readonly blobs: BlobStore;
  /** Told once of each journal that cannot be read, or holds a line that is no event. */
  readonly onProblem: (problem: JournalProblem) => void;
}

export interface WatchJournalsOptions extends ReadJournalsOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the journals. Default 400. */
  readonly intervalMs?: number;
}

export interface JournalProblem {
  readonly path: string;
  readonly message: string;
}

/** A journal that has not grown for so long is looked at every so many rounds only. */
const QUIET_MS = 60_000;
const QUIET_ROUNDS = 8;

interface Journal {
  readonly runId: string;
  readonly folder: string;
  readonly path: string;
  /** Read and ingested so far: whole lines. */
  sizeBytes: number;
  /** Size and time of the file at the last look; null before. */
  seen: string | null;
  changedAtMs: number;
  /** Files that its events name were not taken yet. */
  filesWait: boolean;
}

/** Resolves when the signal is aborted and what was begun is done. Problems with one journal do not hold up others. */
export async function watchJournals(database: Database, options: WatchJournalsOptions): Promise<void> {
  const { signal, intervalMs = 400 } = options;
  const watch = createWatch(database, options, signal);
  let tookWaitingFiles = false;
  for (let round = 0; !signal.aborted; round += 1) {
    tookWaitingFiles ||= await watch.takeWaitingFiles();
    await watch.look({ quietToo: round % QUIET_ROUNDS === 0 });
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Ingests what all journals say by now, and records as lost whose process is gone without a last word. */
export async function readJournals(database: Database, options: ReadJournalsOptions): Promise<void> {
  const watch = createWatch(database, options, new AbortController().signal);
  await watch.takeWaitingFiles();
  await watch.look({ quietToo: true });
  // Only now the record knows which runs seem to run.
  await watch.look({ quietToo: true });
}

function createWatch(database: Database, options: ReadJournalsOptions, signal: AbortSignal) {
  const { home, blobs, onProblem } = options;
  const journals = new Map<string, Journal>();
  const told = new Map<string, string>();

  const tellOnce = (problem: JournalProblem): void => {
    if (told.get(problem.path) === problem.message) return;
    told.set(problem.path, problem.message);
    onProblem(problem);
  };
  /** @returns whether the work came to its end. */
  const tell = async (path: string, work: () => Promise<readonly string[]>): Promise<boolean> => {
    try {
      for (const message of await work()) tellOnce({ path, message });
      return true;
    } catch (error) {
      tellOnce({ path, message: (error as Error).message });
      return false;
    }
  };

  const settle = async ({ runId, folder }: WaitingRun): Promise<void> => {
    if (folder !== null) await takeLocalArtifacts(database, blobs, { runId, folder });
    await settleArtifacts(database, blobs, runId);
  };

  return {
    /** @returns false if the database could not be asked: then there is a next try. */
    takeWaitingFiles: () =>
      tell(join(home, "runs"), async () => {
        for (const run of await runsThatWait(database)) {
          await tell(run.folder ?? run.runId, () => settle(run).then(() => []));
        }
        return [];
      }),
    /** @param quietToo all journals, and whether anybody works on the runs that seem to run. */
    look: ({ quietToo }: { quietToo: boolean }) =>
      tell(join(home, "runs"), async () => {
        await findJournals(database, join(home, "runs"), journals);
        const unattended =
          quietToo && journals.size > 0 ? await findUnattendedRuns(database, join(home, "runs")) : [];
        for (const journal of journals.values()) {
          const isQuiet = Date.now() - journal.changedAtMs > QUIET_MS;
          if (signal.aborted || (isQuiet && !quietToo)) continue;
          await tell(journal.path, () => readOn(database, journal, { blobs, signal }));
        }
        for (const run of unattended) {
          const journal = journals.get(run.runId);
          if (signal.aborted || !journal || !(await isReadToItsEnd(journal))) continue;
          await settleUnattendedRun(database, run);
        }
        return [];
      }),
  };
}

interface WaitingRun {
  readonly runId: string;
  readonly folder: string | null;
}

/** Runs with files that an earlier process did not come to take, out of their folder or the store. */
async function runsThatWait(database: Database): Promise<WaitingRun[]> {
  const { rows } = await connectionsOf(database).pool.query<WaitingRun>(
    `SELECT DISTINCT run.id AS "runId", run.folder FROM run JOIN artifact ON artifact.run_id = run.id
     LEFT JOIN blob ON blob.sha256 = artifact.sha256
     WHERE artifact.blob_sha256 IS NULL AND (run.folder IS NOT NULL OR blob.sha256 IS NOT NULL)`,
  );
  return rows;
}

async function findJournals(
  database: Database,
  folder: string,
  journals: Map<string, Journal>,
): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  // Ids begin with the time: what is at work now comes before years of old runs.
  const fresh = names
    .filter((name) => !journals.has(name))
    .sort()
    .reverse();
  for (const name of journals.keys()) if (!names.includes(name)) journals.delete(name);
  if (fresh.length === 0) return;
  const paths = fresh.map((name) => join(folder, name, "events.jsonl"));
  const { rows } = await connectionsOf(database).pool.query<{ path: string; size: number }>(
    "SELECT path, size_bytes::float8 AS size FROM journal_cursor WHERE path = ANY ($1)",
    [paths],
  );
  const sizes = new Map(rows.map(({ path, size }) => [path, size]));
  for (const [index, runId] of fresh.entries()) {
    const path = paths[index]!;
    journals.set(runId, {
      runId,
      folder: join(folder, runId),
      path,
      sizeBytes: sizes.get(path) ?? 0,
      seen: null,
      changedAtMs: Date.now(),
      filesWait: false,
    });
  }
}

async function lookAt(path: string): Promise<{ size: number; seen: string } | null> {
  const state = await stat(path).catch(() => null);
  return state && { size: state.size, seen: `${state.size}/${state.mtimeMs}` };
}

/** But for a torn last line, which stays where its writer died. */
async function isReadToItsEnd({ path, sizeBytes, seen }: Journal): Promise<boolean> {
  const state = await lookAt(path);
  return state !== null && (state.size === sizeBytes || state.seen === seen);
}

/** @returns what is wrong with lines that are no events of this run; they are passed over. */
async function readOn(
  database: Database,
  journal: Journal,
  { blobs, signal }: Pick<WatchJournalsOptions, "blobs" | "signal">,
): Promise<string[]> {
  const { runId, folder, path } = journal;
  const state = await lookAt(path);
  if (state === null) return [];
  const { size, seen } = state;
  const problems: string[] = [];
  if (seen !== journal.seen && size !== journal.sizeBytes) {
    // Cut off or replaced: what is known already is not ingested twice.
    if (size < journal.sizeBytes) journal.sizeBytes = 0;
    journal.changedAtMs = Date.now();
    const file = await open(path, "r");
    try {
      for (let part; !signal.aborted && (part = await readPart(file, journal.sizeBytes)) !== null;) {
        const { events, problem } = decodePart(part, { runId, startBytes: journal.sizeBytes });
        if (problem !== null) problems.push(problem);
        const sizeBytes = journal.sizeBytes + part.length;
        const { deleted } = await ingestEvents(database, events, { folder, cursor: { path, sizeBytes } });
        journal.sizeBytes = sizeBytes;
        if (deleted) break;
        journal.filesWait ||= events.some(({ type }) => type === "artifactSaved");
      }
    } finally {
      await file.close();
    }
    // Not before all of it was read without an error: then there is a next try.
    journal.seen = seen;
  }
  if (journal.filesWait) {
    await takeLocalArtifacts(database, blobs, { runId, folder });
    journal.filesWait = false;
  }
  return problems;
}
