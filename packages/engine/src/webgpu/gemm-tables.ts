/**
 * Remembers which programs are fastest on a GPU, so that it is measured once: a JSON file in the user's cache folder, a table for
 * each GPU with its driver and versions.
 */
import type { MeasureGemmOptions, WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { readCacheFile, writeCacheFile } from "../cache-file.js";

interface TablesFile {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly tables: Readonly<Record<string, unknown>>;
}

const FORMAT_VERSION = 1;
const FILE = "gpu-programs.json";

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
  const tables = await readTables();
  const kept = Object.hasOwn(tables, key) ? tables[key] : undefined;
  const isKept = isGemmTable(backend, kept);
  const table = isKept ? kept : await measureGemm(backend, options);
  if (!isKept) {
    const file: TablesFile = {
      formatVersion: FORMAT_VERSION,
      tables: { ...(await readTables()), [key]: table },
    };
    await writeCacheFile(FILE, file);
  }
  useGemmTable(backend, table);
  return "reason" in table.matrixUnits ? table.matrixUnits.reason : null;
}

async function readTables(): Promise<TablesFile["tables"]> {
  const file = await readCacheFile(FILE);
  return isTablesFile(file) ? file.tables : {};
}

function isTablesFile(value: unknown): value is TablesFile {
  return isRecord(value) && value.formatVersion === FORMAT_VERSION && isRecord(value.tables);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
