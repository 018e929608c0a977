/** Cards and inspections in a size that may travel: of a film, a group of copies may have every frame. */
import type { DatasetCard, DatasetInspection } from "@convkit/schema";

const MOST_BAD_FILES = 1000;
const MOST_WARNINGS = 100;

const MOST_GROUPS = 500;
const MOST_OF_A_GROUP = 20;
/** Of an id or a class's name: a tar may name its members at any length. */
const LONGEST_NAME = 4096;

/** Leaves the first 1,000 files that are left out, and says how many there are; and 100 warnings, the last of them a count. */
export function boundCard(card: DatasetCard): DatasetCard {
  const { badFiles, badFileCount = badFiles.length } = card;
  return {
    ...card,
    ...(badFiles.length > MOST_BAD_FILES && { badFiles: badFiles.slice(0, MOST_BAD_FILES), badFileCount }),
    warnings: boundWarnings(card.warnings),
  };
}

function boundWarnings(warnings: readonly string[]): string[] {
  if (warnings.length <= MOST_WARNINGS) return [...warnings];
  const left = warnings.slice(0, MOST_WARNINGS - 1);
  return [...left, `There are ${(warnings.length - left.length).toLocaleString("en-US")} warnings more`];
}

/**
 * Leaves the first 500 groups of copies, and the first 20 of each, beside `boundCard`; what is counted stays counted. Names
 * of theirs beyond 4,096 characters are cut, and end in an ellipsis.
 */
export function boundInspection(inspection: DatasetInspection): DatasetInspection {
  const { duplicates } = inspection;
  const groups = duplicates.groups.slice(0, MOST_GROUPS).map((group) => ({
    ...group,
    pictures: group.pictures
      .slice(0, MOST_OF_A_GROUP)
      .map(({ id, className, ...rest }) => ({ ...rest, id: cut(id), className: cut(className) })),
  }));
  return { ...inspection, card: boundCard(inspection.card), duplicates: { ...duplicates, groups } };
}

/** Not within a surrogate pair, half of which is no text. */
function cut(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
