/** A data set's inspection for the reader of a terminal: what to know, then what to mend. */
import { classWeights } from "@convkit/data";
import {
  describeDecoding,
  withoutControls,
  type DatasetInspection,
  type DuplicateGroup,
  type Histogram,
} from "@convkit/schema";
import { formatTable } from "./format.js";
import type { Colors } from "./text-display.js";

const MOST_CLASSES = 30;
const MOST_BAD_FILES = 10;
const MOST_GROUPS = 10;
const MOST_OF_A_GROUP = 4;
const LONGEST_BAR = 40;
/** Largest class ÷ smallest, from which on something should be done about it. */
const UNBALANCED_FROM = 3;
const MOST_WEIGHTS = 10;

export function describeInspection(given: DatasetInspection, colors: Colors): string[] {
  const inspection = printable(given);
  const { card, sizes } = inspection;
  const decoded = describeDecoding(card);
  const heading = (text: string) => ["", colors.bold(text)];
  return [
    `${colors.bold(card.name)}  ${card.source}`,
    colors.dim(`content hash ${card.contentHash}`),
    ...heading("classes"),
    ...classTable(inspection),
    ...describeBalance(inspection, colors),
    ...heading("sizes"),
    `height ${spread(sizes.height)}, width ${spread(sizes.width)} (smallest–median–largest)`,
    `most frequent: ${sizes.mostFrequent
      .slice(0, 3)
      .map(({ height, width, count }) => `${height}×${width} (${spell(count)})`)
      .join(", ")}`,
    ...(decoded === null ? [] : [`brought ${decoded}`]),
    ...bars("shorter edge", sizes.shorterEdge, String),
    ...bars("width ÷ height", sizes.aspectRatio, (ratio) => ratio.toFixed(2)),
    ...(card.mean && card.std
      ? [
          ...heading("channels"),
          `mean ${decimals(card.mean)}, standard deviation ${decimals(card.std)} of 0…1`,
        ]
      : []),
    ...describeBad(inspection, colors),
    ...describeDuplicates(inspection, colors),
    ...describeLeakage(inspection, colors),
    ...card.warnings.map((warning) => colors.yellow(warning)),
  ];
}

function classTable({ card: { classNames, splits } }: DatasetInspection): string[] {
  const names = Object.keys(splits);
  const columns = names.map((name) => splits[name]?.perClass ?? []);
  const rows = classNames.map((className, label) => [
    className,
    ...columns.map((counts) => spell(counts[label] ?? 0)),
  ]);
  const shown = rows.length > MOST_CLASSES ? rows.slice(0, MOST_CLASSES - 1) : rows;
  const left = rows.length - shown.length;
  return formatTable([
    ["", ...names.map((name) => name + (splits[name]?.chosenBy ? "*" : ""))],
    ...shown,
    ...(left > 0 ? [[`and ${left} more`, ...names.map(() => "")]] : []),
    ["all", ...names.map((name) => spell(splits[name]?.count ?? 0))],
  ]).concat(
    ...Object.values(splits)
      .flatMap(({ chosenBy }) => chosenBy ?? [])
      .slice(0, 1)
      .map((chosenBy) => `* held back from the training pictures, ${HELD_BACK[chosenBy]}`),
  );
}

const HELD_BACK = {
  hash: "chosen by hash",
  stratified: "the same part of every class",
} as const;

/** Of the training pictures; nothing where classes are nearly of a size. */
function describeBalance({ card }: DatasetInspection, colors: Colors): string[] {
  const { classNames, splits, isMultiLabel } = card;
  // Labels are weighed against the pictures without them, not against each other.
  if (isMultiLabel) return [];
  const perClass = splits["train"]?.perClass ?? [];
  const [balanced, effective] = (["balanced", "effective-number"] as const).map((method) =>
    classWeights(perClass, { method }),
  );
  const classes = classNames
    .map((className, label) => ({
      className,
      count: perClass[label] ?? 0,
      weights: [balanced?.[label] ?? 0, effective?.[label] ?? 0].map((weight) => weight.toFixed(2)),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count);
  const [smallest, largest] = [classes[0], classes.at(-1)];
  if (!smallest || !largest || largest.count < UNBALANCED_FROM * smallest.count) return [];
  const ratio = (largest.count / smallest.count).toLocaleString("en-US", { maximumFractionDigits: 1 });
  const left = classes.length - MOST_WEIGHTS;
  return [
    "",
    `${colors.bold("balance")}  ${colors.yellow(`${ratio} training pictures of ${largest.className} for each of ${smallest.className}`)}`,
    ...formatTable([
      ["weights", "balanced", "effective-number"],
      ...classes.slice(0, MOST_WEIGHTS).map(({ className, weights }) => [className, ...weights]),
      ...(left > 0 ? [[`and ${left} more`, "", ""]] : []),
    ]),
    "  Pictures count by them in the loss with --set loss.classWeights=balanced (or effective-number); or classes come",
    "  equally often with --set sampling=class-balanced. One of the two will do.",
  ];
}

function bars(name: string, histogram: Histogram, format: (value: number) => string): string[] {
  if (histogram.length < 2) return [];
  const highest = Math.max(...histogram.map(({ count }) => count));
  const rows = histogram.map(({ from, to, count }) => [
    to === null ? `from ${format(from)}` : `${format(from)}–${format(to)}`,
    spell(count),
    "█".repeat(Math.ceil((LONGEST_BAR * count) / highest)),
  ]);
  return formatTable([[name, "", ""], ...rows]);
}

function describeBad({ card }: DatasetInspection, colors: Colors): string[] {
  const { badFiles, badFileCount = badFiles.length } = card;
  if (badFiles.length === 0) return ["", `${colors.bold("left out")}  no file`];
  return [
    "",
    `${colors.bold("left out")}  ${colors.yellow(`${spell(badFileCount)} ${badFileCount === 1 ? "file" : "files"}`)}`,
    ...badFiles.slice(0, MOST_BAD_FILES).map(({ path, reason }) => `  ${path}: ${reason}`),
    ...more(badFileCount - MOST_BAD_FILES),
  ];
}

function describeDuplicates({ duplicates }: DatasetInspection, colors: Colors): string[] {
  const { groupCount, pictureCount, conflictCount, minSimilarity, groups } = duplicates;
  if (groupCount === 0) return ["", `${colors.bold("copies")}  no two pictures are the same or nearly`];
  const groupsOf = groupCount === 1 ? "group" : "groups";
  return [
    "",
    `${colors.bold("copies")}  ${spell(groupCount)} ${groupsOf} of the same or nearly the same picture (similarity from ` +
      `${minSimilarity}), ${spell(pictureCount)} more than needed`,
    ...groups.slice(0, MOST_GROUPS).flatMap((group) => describeGroup(group, colors)),
    ...more(groupCount - MOST_GROUPS),
    ...(conflictCount > 0
      ? [colors.yellow(`  In ${spell(conflictCount)} of them labels disagree: one picture, two classes.`)]
      : []),
  ];
}

function describeGroup(
  { kind, count, pictures, isLeak, isConflict }: DuplicateGroup,
  colors: Colors,
): string[] {
  const marks = [...(isLeak ? ["in several splits"] : []), ...(isConflict ? ["labels disagree"] : [])];
  const [first, ...others] = pictures.slice(0, MOST_OF_A_GROUP);
  const rest = count - others.length - 1;
  return [
    `  ${first?.id} (${first?.split}, ${first?.className})${marks.length > 0 ? colors.yellow(` ${marks.join(", ")}`) : ""}`,
    ...others.map(
      ({ id, split, className, similarity }) =>
        `    ${kind === "exact" || similarity === 1 ? "=" : "≈"} ${id} (${split}, ${className})` +
        (kind === "exact" ? "" : ` ${similarity.toFixed(2)}`),
    ),
    ...(rest > 0 ? [`    and ${spell(rest)} more`] : []),
  ];
}

function describeLeakage({ leakage, card }: DatasetInspection, colors: Colors): string[] {
  const leaking = leakage.filter(({ exact, near }) => exact + near > 0);
  if (leakage.length === 0) return [];
  if (leaking.length === 0) return ["", `${colors.bold("leakage")}  none: no picture is in two splits`];
  return [
    "",
    colors.bold("leakage"),
    ...leaking.map(({ split, into, exact, near }) =>
      colors.yellow(
        `  ${spell(exact)} exactly and ${spell(near)} nearly of ${spell(card.splits[split]?.count ?? 0)} ${split} pictures ` +
          `are in ${into} as well`,
      ),
    ),
    "  What is judged on pictures that were learnt from looks better than it is.",
    ...(leaking.some(({ split }) => card.splits[split]?.chosenBy)
      ? [
          "  To hold copies back together, train by the groups that `convkit data export --group-copies` writes for them.",
        ]
      : ["  The data set says itself what tests: take the copies out of what is learnt from."]),
  ];
}

/** Names of files and classes are of one line, and must not steer the terminal. */
function printable(inspection: DatasetInspection): DatasetInspection {
  return JSON.parse(JSON.stringify(inspection), (_key, value: unknown) =>
    typeof value === "string" ? withoutControls(value).replaceAll("\n", "\ufffd") : value,
  ) as DatasetInspection;
}

function more(count: number): string[] {
  return count > 0 ? [`  and ${spell(count)} more; --json lists all, --sheet writes a page`] : [];
}

const spell = (count: number): string => count.toLocaleString("en-US");
const decimals = (values: readonly number[]): string => values.map((value) => value.toFixed(3)).join(" ");
const spread = ({ min, median, max }: { min: number; median: number; max: number }): string =>
  min === max ? String(min) : `${min}–${median}–${max}`;
