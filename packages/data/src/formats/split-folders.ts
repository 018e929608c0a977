/** What splits are called, and whether the folders of a data set are splits or classes. */
import type { SplitName } from "@convkit/schema";
import { nameSome } from "../name-some.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { isPictureName } from "./picture-names.js";

const SPLIT_OF_NAME: ReadonlyMap<string, SplitName> = new Map([
  ["train", "train"],
  ["val", "validation"],
  ["test", "test"],
  ["training", "train"],
  ["valid", "validation"],
  ["validation", "validation"],
  ["dev", "validation"],
  ["testing", "test"],
]);

/** What folders, files and manifests call the splits, in lower case. */
export const SPLIT_NAMES: readonly string[] = [...SPLIT_OF_NAME.keys()];

/** @param name in upper or lower case, also as in `test_set`; undefined: it is none of a split. */
export const splitOfName = (name: string): SplitName | undefined =>
  SPLIT_OF_NAME.get(name.toLowerCase().replace(/[ _-]?set$/, ""));

/**
 * Whether the folders at the top are splits and not classes: where one of training pictures has folders in it.
 * @param where path of the folder or the archive, for messages.
 * @param isPicture of a path in it; told by that alone if left out.
 * @throws {DatasetFormatError} if all of them are named as splits and none has classes to train on, if a split lies beside
 *   the class folders to train on, or if `train` might as well be a class.
 */
export function haveSplits(where: string, files: readonly string[], isPicture = isPictureName): boolean {
  const hasTraining = files.some((path) => {
    const [top, ...below] = foldersOf(path);
    return below.length > 0 && splitOfName(top as string) === "train";
  });
  const tops = classesByTop(files.filter(isPicture));
  const names = [...tops.keys()];
  const splits = names.filter((name) => splitOfName(name) !== undefined);
  if (!hasTraining) {
    if (splits.length > 1 && splits.length === names.length) throw noTrainingFolder(where, names);
    for (const split of splits) {
      const beside = [...(tops.get(split) as Set<string>)].filter((name) => tops.has(name));
      if (beside.length > 0) throw classesBesideSplit(where, split, beside);
    }
    return false;
  }
  const trains = splits.filter((name) => splitOfName(name) === "train");
  const classes = new Set(trains.flatMap((name) => [...(tops.get(name) as Set<string>)]));
  const strangers = names.filter(
    (name) => !splits.includes(name) && ![...(tops.get(name) as Set<string>)].some((it) => classes.has(it)),
  );
  if (trains.length > 0 && trains.length === splits.length && strangers.length > 0) {
    throw splitOrClass(where, trains[0] as string, strangers);
  }
  return true;
}

/** Folders at the top that hold pictures, and those in each of them. */
function classesByTop(pictures: readonly string[]): Map<string, Set<string>> {
  const tops = new Map<string, Set<string>>();
  for (const path of pictures) {
    const [top, below] = foldersOf(path);
    if (top === undefined) continue;
    if (!tops.has(top)) tops.set(top, new Set());
    if (below !== undefined) tops.get(top)?.add(below);
  }
  return tops;
}

const nameFolders = (names: readonly string[]): string => nameSome(names.map((name) => `${name}/`));

function noTrainingFolder(where: string, names: readonly string[]): DatasetFormatError {
  const flat = names.filter((name) => splitOfName(name) === "train");
  return new DatasetFormatError(
    `Expected a folder train/ or training/ with a folder of pictures for each class in ${where}, as all folders there ` +
      `are named as splits. Received: ${nameFolders(names)}` +
      (flat.length > 0 ? `, and no folder in ${nameFolders(flat)}. ` : ". ") +
      `Name the folder to train on train/, or make one of them, such as ${names[0]}/, a data set of its own; if they ` +
      "are classes, rename them.",
  );
}

function classesBesideSplit(where: string, split: string, classes: readonly string[]): DatasetFormatError {
  return new DatasetFormatError(
    `Expected folders of classes or folders of splits in ${where}. Received: both, ${nameFolders(classes)} in ${split}/ and ` +
      `beside it. Move the class folders to train on into train/, or ${split}/ away; if ${split}/ is a class, rename it.`,
  );
}

/** A class may be called train, too: locomotives beside cars and planes. */
function splitOrClass(where: string, train: string, strangers: readonly string[]): DatasetFormatError {
  return new DatasetFormatError(
    `Expected ${train}/ in ${where} to stand alone, or beside folders of other splits or of its own classes. Received: ` +
      `it has folders in it, as a split has, and ${nameFolders(strangers)} beside it, which would be left out. If ` +
      `${train}/ is a class, rename it or take its pictures out of their folders; if it is what to train on, make it a ` +
      "data set of its own, or move the others away.",
  );
}

/** Above a file, the uppermost first. */
export function foldersOf(path: string): string[] {
  return path.split("/").slice(0, -1);
}
