/**
 * Remembers which programs are fastest on a GPU, so that it is measured once: a JSON file in the user's cache folder, a table for
 * each GPU with its driver and versions.
 */
import type { GemmTable, MeasureGemmOptions, WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { readCacheFile, writeCacheFile } from "../cache-file.js";

interface TablesFile {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly tables: Tables;
}

/** Of each GPU its table, or how many processes have begun to measure it. */
type Tables = Readonly<Record<string, unknown>>;
type Attempts = { readonly attempts: number };

const FORMAT_VERSION = 1;
const FILE = "gpu-programs.json";

/** A driver may crash a process over matrix units, and is asked no more often; a process may as well be interrupted. */
const MOST_ATTEMPTS = 3;

/**
 * Has the backend choose its programs by the table under this key, which is measured if it is not there or is none for the backend.
 *
 * @param key all that a table depends on.
 * @returns why float16 is multiplied without matrix units, or null if it is multiplied on them.
 */
export async function tuneGemm(
  backend: WebgpuBackend,
  key: string,
  options: MeasureGemmOptions = {},
): Promise<string | null> {
  const { isGemmTable, measureGemm, useGemmTable } = await import("@convkit/tfjs-kernels-webgpu");
  const kept = valueOf(await readTables(), key);
  const isKept = isGemmTable(backend, kept);
  const table = isKept ? kept : await measure();
  useGemmTable(backend, table);
  return "reason" in table.matrixUnits ? table.matrixUnits.reason : null;

  async function measure(): Promise<GemmTable> {
    const attempts = isAttempts(kept) ? kept.attempts : 0;
    const unitsRefused =
      attempts < MOST_ATTEMPTS ? undefined : "processes failed or ended while they tried them";
    await keep(key, { attempts: attempts + 1 } satisfies Attempts);
    try {
      const measured = await measureGemm(backend, { ...options, unitsRefused });
      await keep(key, measured);
      return measured;
    } catch (error) {
      // It may have cost the device. The next process does not try it again.
      await keep(key, { attempts: MOST_ATTEMPTS } satisfies Attempts);
      throw error;
    }
  }
}

async function keep(key: string, value: Attempts | GemmTable): Promise<void> {
  const file: TablesFile = {
    formatVersion: FORMAT_VERSION,
    tables: { ...(await readTables()), [key]: value },
  };
  await writeCacheFile(FILE, file);
}

function valueOf(tables: Tables, key: string): unknown {
  return Object.hasOwn(tables, key) ? tables[key] : undefined;
}

async function readTables(): Promise<Tables> {
  const file = await readCacheFile(FILE);
  return isTablesFile(file) ? file.tables : {};
}

function isTablesFile(value: unknown): value is TablesFile {
  return isRecord(value) && value.formatVersion === FORMAT_VERSION && isRecord(value.tables);
}

function isAttempts(value: unknown): value is Attempts {
  return isRecord(value) && Number.isInteger(value.attempts);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
