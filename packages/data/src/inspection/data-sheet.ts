/**
 * What is known of a data set as a page to keep beside it. Markdown, in the order of T. Gebru et al. 2021, Datasheets for
 * Datasets, https://arxiv.org/abs/1803.09010, §3.2 (composition), with the questions that only people can answer left open.
 */
import { describeDecoding, withoutControls, type DatasetInspection, type Histogram } from "@convkit/schema";

const MOST_LISTED = 20;

/** @returns Markdown (GitHub's), with a line break at its end. */
export function dataSheet({ card, sizes, duplicates, leakage }: DatasetInspection): string {
  const splits = Object.entries(card.splits);
  const total = splits.reduce((sum, [, { count }]) => sum + count, 0);
  const decoded = describeDecoding(card);
  const sections = [
    `# ${inline(card.name)}`,
    `${spell(total)} pictures of ${spell(card.classNames.length)} classes. Content hash \`${card.contentHash}\`.`,
    "## Classes",
    table(
      ["class", ...splits.map(([name]) => name)],
      [
        ...card.classNames.map((className, label) => [
          className,
          ...splits.map(([, { perClass }]) => spell(perClass[label] ?? 0)),
        ]),
        ["**all**", ...splits.map(([, { count }]) => `**${spell(count)}**`)],
      ],
    ),
    ...splits.flatMap(([name, { chosenBy }]) =>
      chosenBy === undefined ? [] : [`The ${name} pictures were held back, ${HELD_BACK[chosenBy]}.`],
    ),
    "## Pictures",
    `Height ${spread(sizes.height)}, width ${spread(sizes.width)} pixels (smallest, median, largest).`,
    histogramTable("shorter edge", sizes.shorterEdge, spell),
    histogramTable("width ÷ height", sizes.aspectRatio, (ratio) => ratio.toFixed(2)),
    ...(decoded === null ? [] : [`For training they are brought ${decoded}.`]),
    ...(card.mean && card.std
      ? [
          `Of pixels scaled to 0…1, channel by channel: mean ${decimals(card.mean)}, standard deviation ${decimals(card.std)}.`,
        ]
      : []),
    "## Left out",
    card.badFiles.length === 0
      ? "Nothing."
      : table(
          ["file", "reason"],
          card.badFiles.slice(0, MOST_LISTED).map(({ path, reason }) => [path, reason]),
        ),
    ...more(card.badFileCount ?? card.badFiles.length, "files"),
    "## Copies",
    duplicates.groupCount === 0
      ? "No two pictures are the same or nearly the same."
      : `${spell(duplicates.groupCount)} groups of pictures that are the same or nearly (similarity from ` +
        `${duplicates.minSimilarity}); ${spell(duplicates.pictureCount)} pictures could be done without. ` +
        `In ${spell(duplicates.conflictCount)} of the groups labels disagree.`,
    ...(duplicates.groupCount === 0
      ? []
      : [
          table(
            ["copies", "pictures", "leaks", "labels disagree"],
            duplicates.groups.slice(0, MOST_LISTED).map(({ kind, count, pictures, isLeak, isConflict }) => [
              kind,
              pictures
                .slice(0, MOST_LISTED)
                .map(({ id }) => id)
                .join(", ") + (count > MOST_LISTED ? `, and ${spell(count - MOST_LISTED)} more` : ""),
              isLeak ? "yes" : "",
              isConflict ? "yes" : "",
            ]),
          ),
        ]),
    ...more(duplicates.groupCount, "groups"),
    ...(leakage.length === 0
      ? []
      : [
          "## Leakage",
          table(
            ["pictures of", "that are in", "exactly", "nearly"],
            leakage.map(({ split, into, exact, near }) => [split, into, spell(exact), spell(near)]),
          ),
        ]),
    ...(card.warnings.length === 0
      ? []
      : ["## Remarks", card.warnings.map((warning) => `- ${inline(warning)}`).join("\n")]),
    "## To be answered by people",
    QUESTIONS.map((question) => `- ${question}`).join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

const HELD_BACK = {
  hash: "chosen by the hash of their ids",
  stratified: "the same part of every class, chosen by the hash of their ids",
} as const;

const QUESTIONS = [
  "For what purpose were the pictures taken, by whom, and when?",
  "How was each one labelled, and how sure are the labels?",
  "Do they show people, and have these agreed?",
  "What will a classifier that learns from them not know?",
  "Under which licence may they be used?",
];

const spell = (count: number): string => count.toLocaleString("en-US");
const decimals = (values: readonly number[]): string => values.map((value) => value.toFixed(3)).join(" ");
const spread = ({ min, median, max }: { min: number; median: number; max: number }): string =>
  `${min} – ${median} – ${max}`;

function more(count: number, what: string): string[] {
  return count > MOST_LISTED ? [`And ${spell(count - MOST_LISTED)} ${what} more.`] : [];
}

function histogramTable(head: string, bars: Histogram, format: (value: number) => string): string {
  return table(
    [head, "pictures"],
    bars.map(({ from, to, count }) => [
      to === null ? `from ${format(from)}` : `${format(from)} – ${format(to)}`,
      spell(count),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(" | ")} |`;
  return [line(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Names come from folders: nothing in them may end a cell, a line, begin markup, or steer the terminal that shows the page. */
function inline(text: string): string {
  if (/^\*\*[\d,a-z]+\*\*$/.test(text)) return text;
  const blank = text.replaceAll(/\s+/g, " ");
  return withoutControls(blank).replaceAll(/[\\`*_[\]<>|]/g, String.raw`\$&`);
}
