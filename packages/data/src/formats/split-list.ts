/**
 * A list of splits: which pictures of a data set validate and test, and which belong together, by their ids. Laid over a
 * data set of any format, so that its splits can be handed on without its files. CSV or JSON Lines, as manifests are.
 */
import { basename, resolve } from "node:path";
import { SplitName } from "@convkit/schema";
import { joinLabels, labelsAt, labelSetsOf } from "../label-sets.js";
import { nameSome } from "../name-some.js";
import { joinSources } from "../pictures/join-sources.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { DatasetParts, SplitParts } from "./dataset-parts.js";
import { missing, readRows, splitIn, textOf, wrongLine, type Row } from "./list-rows.js";
import { isManifest, labelNamesIn, type ManifestOptions } from "./manifest.js";

/** What the list says of a picture; what it leaves open stays as the data set has it. */
interface ListedSplit {
  readonly line: number;
  /** Name of its class, or of its labels, sorted. */
  readonly labels: readonly string[] | undefined;
  readonly split: SplitName | undefined;
  readonly group: string;
}

export interface SplitList {
  readonly file: string;
  readonly byId: ReadonlyMap<string, ListedSplit>;
}

/**
 * Fields: `id`, as the data set has it; `split` (train, val or test) and `group`, one of them at least in some lines; and
 * where wanted `label`, the name of the picture's class, which is checked; with `multiLabel` its labels, as a manifest has
 * them. Others are passed over.
 * @throws {DatasetFormatError} if it is not there, a line cannot be read or lacks an id, an id is there twice, or no line
 *   has a split or a group.
 */
export async function readSplitList(path: string, { multiLabel }: ManifestOptions = {}): Promise<SplitList> {
  const file = resolve(path);
  if (!isManifest(file)) {
    throw new DatasetFormatError(
      `Expected a list of splits whose name ends in .csv or .jsonl. Received: ${file}.`,
    );
  }
  const byId = new Map<string, ListedSplit>();
  for (const row of await readRowsOrSay(file)) {
    const id = textOf(file, row, "id");
    if (id === "") throw wrongLine(file, row.line, "an id", missing(row.fields, "id"));
    const before = byId.get(id);
    if (before !== undefined) {
      throw new DatasetFormatError(
        `Expected each id once in ${file}. Received: ${id} in lines ${before.line} and ${row.line}. Leave one of them out.`,
      );
    }
    byId.set(id, {
      line: row.line,
      labels: listedLabels(file, row, multiLabel),
      split: splitIn(file, row),
      group: textOf(file, row, "group"),
    });
  }
  const rows = [...byId.values()];
  if (!rows.some(({ split, group }) => split !== undefined || group !== "")) {
    throw new DatasetFormatError(
      `Expected a split or a group of pictures in ${file}. Received: neither in ${rows.length} ${rows.length === 1 ? "line" : "lines"}. ` +
        "Name the columns id, split and group; `convkit data export` writes such a list.",
    );
  }
  return { file, byId };
}

/** @returns undefined where the line leaves them open: an empty text is no word on there being none. */
function listedLabels(
  file: string,
  row: Row,
  multiLabel: ManifestOptions["multiLabel"],
): readonly string[] | undefined {
  if (multiLabel && Array.isArray(row.fields["label"])) return labelNamesIn(file, row, multiLabel);
  const text = textOf(file, row, "label");
  if (text === "") return undefined;
  return multiLabel ? labelNamesIn(file, row, multiLabel) : [text];
}

async function readRowsOrSay(file: string): Promise<Row[]> {
  try {
    return await readRows(file);
  } catch (error) {
    // Of the system: it is not there, or must not be read.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new DatasetFormatError(
      `Expected the list of splits at ${file} that \`splits\` names. Received: ${(error as Error).message}. ` +
        "Correct the path, or put the list back there, where a run that has begun looks for it. One that lies in the data " +
        "set's folder is found by workers on other machines, too.",
      { cause: error },
    );
  }
}

/**
 * Pictures that the list gives no split stay in that of the data set, which is `train` where it has none of its own. Their
 * order stays within each split of the data set, so that a list of what was held back trains as holding back does. All
 * splits share one source. The content hash remains that of the data set without the list.
 * @param source as the config names it, for messages.
 * @throws {DatasetFormatError} if the list has ids that the data set has not, or other labels.
 */
export function laySplits(
  { splits, badFiles, warnings, ...parts }: DatasetParts,
  list: SplitList,
  { source, classNames }: { readonly source: string; readonly classNames: readonly string[] },
): DatasetParts {
  const { file, byId } = list;
  const present = SplitName.options.flatMap((name) => {
    const split = splits[name];
    return split === undefined ? [] : [{ name, ...split }];
  });
  const hasSets = splits.train.labelSets !== undefined;
  const pictures = present.flatMap((split) =>
    split.ids.map((id, i) => {
      const { name, labels, groups, weights } = split;
      const listed = byId.get(id);
      const names = labelsAt(split, i).map((label) => classNames[label] as string);
      if (listed !== undefined) checkLabels(file, { id, names }, listed);
      return {
        id,
        label: labels[i] as number,
        labelSet: hasSets ? labelsAt(split, i) : [],
        split: listed?.split ?? name,
        group: listed?.group ? listed.group : groups?.[i],
        weight: weights?.[i] ?? 1,
        isListed: listed !== undefined,
      };
    }),
  );
  const known = new Set(pictures.map(({ id }) => id));
  const isBad = new Set(badFiles.map(({ path }) => path));
  const absent = [...byId.keys()].filter((id) => !known.has(id));
  const strangers = absent.filter((id) => !isBad.has(id));
  if (strangers.length > 0) throw unknownIds(list, strangers, { source, example: pictures[0]?.id });

  const joined = joinSources(present.map((split) => split.source));
  const files = present.every((split) => split.files) ? present.flatMap((split) => split.files!) : undefined;
  const hasWeights = present.some(({ weights }) => weights !== undefined);
  const hasGroups = pictures.some(({ group }) => group !== undefined);
  const membersOf = (name: SplitName): SplitParts => {
    const places = pictures.flatMap(({ split }, place) => (split === name ? [place] : []));
    const members = places.map((place) => pictures[place] as (typeof pictures)[number]);
    return {
      ids: members.map(({ id }) => id),
      labels: Int32Array.from(members, ({ label }) => label),
      ...(hasSets && {
        labelSets: labelSetsOf(
          members.map(({ labelSet }) => labelSet),
          classNames.length,
        ),
      }),
      ...(hasGroups && { groups: members.map(({ group, id }) => group ?? id) }),
      ...(hasWeights && { weights: Float32Array.from(members, ({ weight }) => weight) }),
      source: joined,
      sourceIndices: Uint32Array.from(places),
      ...(files && { files }),
    };
  };
  const found = SplitName.options.filter(
    (name) => name === "train" || pictures.some(({ split }) => split === name),
  );
  return {
    ...parts,
    badFiles,
    splits: Object.fromEntries(found.map((name) => [name, membersOf(name)])) as DatasetParts["splits"],
    warnings: [
      ...warnings,
      ...warnOfUnlisted(list, pictures),
      ...warnOfBad(
        file,
        absent.filter((id) => isBad.has(id)),
      ),
    ],
  };
}

function checkLabels(
  file: string,
  { id, names }: { readonly id: string; readonly names: readonly string[] },
  { labels, line }: ListedSplit,
): void {
  if (labels === undefined || joinLabels(labels) === joinLabels([...names].sort())) return;
  const expected = names.length > 0 ? `${joinLabels(names)} as label of` : "no label of";
  throw new DatasetFormatError(
    `Expected ${expected} ${id} in line ${line} of ${file}, as the data set has it. Received: ${joinLabels(labels) || "none"}. ` +
      "A list gives pictures splits and groups, no classes: correct the label, or leave the column out.",
  );
}

const MOST_NAMED = 5;

function unknownIds(
  { file, byId }: SplitList,
  strangers: readonly string[],
  { source, example }: { readonly source: string; readonly example: string | undefined },
): DatasetFormatError {
  const [first = ""] = strangers;
  return new DatasetFormatError(
    `Expected ids of pictures of ${source} in ${file}. Received: ${strangers.length} of ${byId.size} that are none, the ` +
      `first in line ${byId.get(first)?.line}: ${nameSome(strangers, MOST_NAMED)}. ` +
      (example === undefined ? "" : `Its ids are like ${example}. `) +
      "Take them out of the list, or lay it over the data set that it was written for.",
  );
}

/** Of a list with nothing but groups, others just have none. */
function warnOfUnlisted(
  { file, byId }: SplitList,
  pictures: readonly { readonly id: string; readonly split: SplitName; readonly isListed: boolean }[],
): string[] {
  if (![...byId.values()].some(({ split }) => split !== undefined)) return [];
  const unlisted = pictures.filter(({ isListed }) => !isListed);
  const [first, ...others] = unlisted;
  if (first === undefined) return [];
  const counts = SplitName.options.flatMap((name) => {
    const count = unlisted.filter(({ split }) => split === name).length;
    return count > 0 ? [`${count} in ${name}`] : [];
  });
  return [
    `${others.length + 1} ${others.length > 0 ? "pictures are" : "picture is"} not in ${basename(file)}, such as ` +
      `${first.id}: without a split there, ${counts.join(", ")}`,
  ];
}

function warnOfBad(file: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  return [
    `${ids.length} ${ids.length > 1 ? "pictures" : "picture"} of ${basename(file)} cannot be used: ${nameSome(ids, MOST_NAMED)}`,
  ];
}
