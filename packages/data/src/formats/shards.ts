/** Data sets in several files of many pictures each: which files there are, and which split each belongs to. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SplitName } from "@convkit/schema";
import { DatasetFormatError } from "./dataset-format-error.js";
import { isPassedOver } from "./list-pictures.js";
import { splitOfName } from "./split-folders.js";

export interface Shard {
  readonly file: string;
  /** Relative to the data set's folder, with forward slashes. */
  readonly name: string;
  /** null: its name says none. */
  readonly split: SplitName | null;
}

export const openShard = (folder: string, name: string): Shard => ({
  file: join(folder, name),
  name,
  split: splitInName(name),
});

/**
 * Files of a folder and of folders in it that are named as splits, relative to it and sorted.
 * @param isShard told by the name.
 */
export async function listShards(folder: string, isShard: (name: string) => boolean): Promise<string[]> {
  const names: string[] = [];
  const isWanted = (name: string) => isShard(name) && !isPassedOver(name);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) {
      if (isWanted(entry.name)) names.push(entry.name);
      continue;
    }
    if (isPassedOver(entry.name) || splitInName(entry.name) === null) continue;
    // One that cannot be read is told of when folders of classes are looked for.
    for (const name of await readdir(join(folder, entry.name)).catch(() => [])) {
      if (isWanted(name)) names.push(`${entry.name}/${name}`);
    }
  }
  return names.sort();
}

/** Told by train, val or test as a word of the file's name, or else of its folder's: `imagenet-train-000000.tar`. */
function splitInName(path: string): SplitName | null {
  for (const part of path.toLowerCase().split("/").reverse()) {
    for (const word of part.split(/[^a-z]+/)) {
      const split = splitOfName(word);
      if (split !== undefined) return split;
    }
  }
  return null;
}

/** @throws {DatasetFormatError} if the names leave no shard to train on. */
export function checkTrainingShards(path: string, shards: readonly Shard[]): void {
  if (shards.some(({ split }) => split === null || split === "train")) return;
  const names = shards.map(({ name }) => name);
  throw new DatasetFormatError(
    `Expected a file with training pictures in ${path}: one with train in its name, or with none of train, val and test. ` +
      `Received: ${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""}. ` +
      "Rename a file to train on it.",
  );
}
