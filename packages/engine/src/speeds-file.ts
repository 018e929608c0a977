/** Remembers what comparing engines came to, so that it is done once: a JSON file in the user's cache folder. */
import { isRecord, readCacheFile, writeCacheFile } from "./cache-file.js";
import { ENGINE_ORDER, type EngineName } from "./engine-order.js";

/** How fast an engine took a training step, or why it was not to be had. */
export type Outcome = { readonly gflopsPerSecond: number } | { readonly reason: string };
export type Outcomes = Readonly<Partial<Record<EngineName, Outcome>>>;

export interface Comparison {
  /** ISO 8601 */
  readonly date: string;
  readonly outcomes: Outcomes;
}

interface SpeedsFile {
  readonly formatVersion: typeof FORMAT_VERSION;
  /** Under what was compared, and where: machine, versions, threads. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

const FORMAT_VERSION = 1;

const FILE = "engine-speeds.json";

/** @returns null if there is none under this key. */
export async function recallComparison(key: string): Promise<Comparison | null> {
  const { comparisons } = await readSpeeds();
  return Object.hasOwn(comparisons, key) ? comparisons[key]! : null;
}

export async function rememberComparison(key: string, comparison: Comparison): Promise<void> {
  const { comparisons } = await readSpeeds();
  const speeds: SpeedsFile = {
    formatVersion: FORMAT_VERSION,
    comparisons: { ...comparisons, [key]: comparison },
  };
  await writeCacheFile(FILE, speeds);
}

async function readSpeeds(): Promise<SpeedsFile> {
  const speeds = await readCacheFile(FILE);
  return isSpeedsFile(speeds) ? speeds : { formatVersion: FORMAT_VERSION, comparisons: {} };
}

function isSpeedsFile(value: unknown): value is SpeedsFile {
  return (
    isRecord(value) &&
    value.formatVersion === FORMAT_VERSION &&
    isRecord(value.comparisons) &&
    Object.values(value.comparisons).every(isComparison)
  );
}

function isComparison(value: unknown): value is Comparison {
  return (
    isRecord(value) &&
    typeof value.date === "string" &&
    isRecord(value.outcomes) &&
    Object.entries(value.outcomes).every(([name, outcome]) => isEngineName(name) && isOutcome(outcome))
  );
}

function isOutcome(value: unknown): value is Outcome {
  return isRecord(value) && (Number.isFinite(value.gflopsPerSecond) || typeof value.reason === "string");
}

function isEngineName(name: string): boolean {
  return (ENGINE_ORDER as readonly string[]).includes(name);
}
