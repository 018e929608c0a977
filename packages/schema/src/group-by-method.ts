/**
 * Which runs are one method with several seeds: their configs are equal but for what changes nothing about how is learnt. The one
 * place that says what that is, for `convkit compare` and the dashboard alike.
 */
import type { RunConfig } from "./run-config.js";

/**
 * Dotted paths of what is no part of a method: what draws its chance (`seed`), what a run is called and found by, which engine computes
 * it, and which checkpoints are kept beside the one that is judged. `precision` is part of it, as it rounds; so is the data.
 */
const NO_METHOD = new Set([
  "formatVersion",
  "name",
  "experiment",
  "tags",
  "seed",
  "engine",
  "sweep",
  "data.root",
  "checkpoint.everySteps",
  "checkpoint.keep",
]);

export interface MethodRun {
  readonly id: string;
  readonly config: RunConfig;
}

export interface MethodGroup<Run extends MethodRun> {
  /** No two groups have the same. */
  readonly name: string;
  readonly runs: readonly Run[];
}

/**
 * Groups in the order of their first runs. A group is called what its runs are called, the number of the seed at the end left out;
 * where they have no common name, by the settings in which it differs from the other groups; else by its first run's id.
 */
export function groupByMethod<Run extends MethodRun>(runs: readonly Run[]): MethodGroup<Run>[] {
  const methods = new Map<string, { settings: ReadonlyMap<string, string>; runs: Run[] }>();
  for (const run of runs) {
    const settings = settingsOf(run.config);
    const key = JSON.stringify([...settings].sort(([a], [b]) => (a < b ? -1 : 1)));
    const found = methods.get(key);
    if (found) found.runs.push(run);
    else methods.set(key, { settings, runs: [run] });
  }
  const groups = [...methods.values()];
  const differing = differingPaths(groups.map(({ settings }) => settings));
  const named = groups.map(({ settings, runs: ofGroup }) => {
    const words = wordSettings(settings, differing);
    return { name: commonName(ofGroup) ?? words ?? ofGroup[0]!.id, words, runs: ofGroup };
  });
  const isTaken = (name: string, groupsSoFar: readonly { name: string }[]) =>
    groupsSoFar.filter((group) => group.name === name).length > 1;
  const told = named.map((group) =>
    isTaken(group.name, named) && group.words !== undefined
      ? { ...group, name: `${group.name} (${group.words})` }
      : group,
  );
  return told.map(({ name, runs: ofGroup }) => ({
    name: isTaken(name, told) ? `${name} (${ofGroup[0]!.id})` : name,
    runs: ofGroup,
  }));
}

export interface ComparedMethods<Run extends MethodRun> {
  readonly groups: readonly MethodGroup<Run>[];
  /** The configs differ in seed alone: each run is a group of its own. */
  readonly isOneMethod: boolean;
}

/**
 * The groups that are compared: methods; of a single one, its runs one by one. A run is called by its name where no other of them
 * has it, else by its id.
 */
export function groupsToCompare<Run extends MethodRun>(runs: readonly Run[]): ComparedMethods<Run> {
  const methods = groupByMethod(runs);
  if (methods.length > 1) return { groups: methods, isOneMethod: false };
  const taken = runs.flatMap(({ id, config }) => [id, config.name ?? id]);
  const nameOf = ({ id, config: { name } }: Run) =>
    name !== undefined && taken.filter((other) => other === name).length === 1 ? name : id;
  return { groups: runs.map((run) => ({ name: nameOf(run), runs: [run] })), isOneMethod: true };
}

/** Leaves by their dotted path, as JSON. */
function settingsOf(config: RunConfig): Map<string, string> {
  const settings = new Map<string, string>();
  const { contentHash, annotationsHash } = config.data;
  // Once the pictures are known by their hash, it does not matter where they lie.
  const elsewhere = new Set([
    ...(contentHash === undefined ? [] : ["data.source"]),
    ...(annotationsHash === undefined ? [] : ["data.splits"]),
  ]);
  const visit = (value: unknown, path: string): void => {
    if (value === undefined || NO_METHOD.has(path) || elsewhere.has(path)) return;
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      settings.set(path, JSON.stringify(value));
      return;
    }
    for (const [name, inner] of Object.entries(value)) visit(inner, path === "" ? name : `${path}.${name}`);
  };
  visit(config, "");
  return settings;
}

/** Numbered alike but for the number: `wide-0`, `wide, seed 1`, `wide_s2`. */
const SEED_AT_END = /[\s,_.-]*(?:seed|s)?[\s_.=-]*\d+$/i;

function commonName(runs: readonly MethodRun[]): string | undefined {
  const names = runs.map(({ config }) => config.name);
  const same = (texts: readonly (string | undefined)[]) =>
    texts.every((text) => text === texts[0]) ? texts[0] || undefined : undefined;
  return same(names) ?? same(names.map((name) => name?.replace(SEED_AT_END, "")));
}

function differingPaths(all: readonly ReadonlyMap<string, string>[]): string[] {
  const paths = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...paths].filter((path) => new Set(all.map((settings) => settings.get(path))).size > 1);
}

const MOST_SETTINGS = 3;

/** As `learningRate=0.1, epochs=5`; undefined where only what the data hash to tells the groups apart. */
function wordSettings(
  settings: ReadonlyMap<string, string>,
  differing: readonly string[],
): string | undefined {
  const told = differing.filter((path) => !path.endsWith("Hash"));
  if (told.length === 0) return undefined;
  const words = told.slice(0, MOST_SETTINGS).map((path) => {
    const value = settings.get(path);
    return `${path}=${value === undefined ? "–" : value.replace(/^"(.*)"$/, "$1")}`;
  });
  return words.join(", ") + (told.length > MOST_SETTINGS ? ", …" : "");
}
