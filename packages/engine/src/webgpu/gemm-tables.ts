/**
 * Remembers which programs are fastest on a GPU, so that it is measured once: a JSON file in the user's cache folder, a table for
 * each GPU with its driver and versions.
 */
import type { F16Table, GemmTable, MeasureGemmOptions, WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { cachePath, isRecord, readCacheFile, writeCacheFile } from "../cache-file.js";

interface TablesFile {
  readonly formatVersion: typeof FORMAT_VERSION;
  /** Of each GPU. */
  readonly tables: Readonly<Record<string, unknown>>;
  /** Of each GPU, the processes that have begun to try its matrix units; gone once there is an outcome. */
  readonly trials: Readonly<Record<string, unknown>>;
}

const FORMAT_VERSION = 2;
const FILE = "gpu-programs.json";

/** A driver may crash a process over matrix units, and is asked no more often; a process may as well be interrupted. */
const MOST_TRIALS = 3;

export interface TuneGemmOptions extends MeasureGemmOptions {
  /** Whether float16 is wanted, for which matrix units are proven. False if left out. */
  readonly f16?: boolean;
}

/**
 * Has the backend choose its programs by the table under this key. What of it is not there, or is none for the backend, is measured.
 * Of processes that measure at once, those that are later take what the first of them has kept.
 *
 * @param key all that a table depends on.
 * @returns why float16 is multiplied without matrix units, or null if it is multiplied on them.
 * @throws {GpuDeviceLostError} if the GPU was lost over it. The next process does not try matrix units again.
 */
export async function tuneGemm(
  backend: WebgpuBackend,
  key: string,
  { f16 = false, ...options }: TuneGemmOptions = {},
): Promise<string | null> {
  const { isGemmTable, measureF16, measureGemm, useGemmTable } = await import("@convkit/tfjs-kernels-webgpu");
  const kept = async (): Promise<GemmTable | undefined> => {
    const table = own((await readTables()).tables, key);
    return isGemmTable(backend, table) ? table : undefined;
  };
  let table = await kept();
  if (table === undefined) {
    const measured = await measureGemm(backend, options);
    table = (await kept()) ?? (await keep(key, measured));
  }
  if (f16 && table.f16 === null) {
    const measured = { ...table, f16: await tryUnits(key, () => measureF16(backend, table!, options)) };
    const meanwhile = await kept();
    table = meanwhile?.f16 ? meanwhile : await keep(key, measured);
  }
  useGemmTable(backend, table);
  if (table.f16 === null) return "they are tried when --precision f16 is first used";
  return "reason" in table.f16.matrixUnits ? table.f16.matrixUnits.reason : null;
}

async function tryUnits(key: string, measure: () => Promise<F16Table>): Promise<F16Table> {
  const begun = trialsOf(own((await readTables()).trials, key));
  // A process of this one's number is of an earlier boot, or container.
  const failed = begun.filter((pid) => pid === process.pid || !isAlive(pid));
  if (failed.length >= MOST_TRIALS) {
    const reason = `processes failed or ended while they tried them. To have them tried again, remove ${cachePath(FILE)}`;
    return { units: {}, matrixUnits: { reason } };
  }
  await setTrials(key, [...begun, process.pid]);
  try {
    return await measure();
  } catch (error) {
    await setTrials(key, new Array<number>(MOST_TRIALS).fill(NO_PROCESS));
    throw error;
  }
}

/** Of none that is alive. */
const NO_PROCESS = 0;

function isAlive(pid: number): boolean {
  if (pid === NO_PROCESS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's is alive, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function keep(key: string, table: GemmTable): Promise<GemmTable> {
  const { tables, trials } = await readTables();
  const open = Object.entries(trials).filter(([of]) => of !== key || table.f16 === null);
  await writeTables({ tables: { ...tables, [key]: table }, trials: Object.fromEntries(open) });
  return table;
}

async function setTrials(key: string, pids: readonly number[]): Promise<void> {
  const { tables, trials } = await readTables();
  await writeTables({ tables, trials: { ...trials, [key]: pids } });
}

const writeTables = (file: Omit<TablesFile, "formatVersion">): Promise<void> =>
  writeCacheFile(FILE, { formatVersion: FORMAT_VERSION, ...file });

async function readTables(): Promise<Omit<TablesFile, "formatVersion">> {
  const file = await readCacheFile(FILE);
  if (!isRecord(file) || file.formatVersion !== FORMAT_VERSION) return { tables: {}, trials: {} };
  const { tables, trials } = file;
  return { tables: isRecord(tables) ? tables : {}, trials: isRecord(trials) ? trials : {} };
}

function trialsOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((pid) => Number.isInteger(pid)) : [];
}

/** What is a field of the object itself: keys come from drivers. */
function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
