/** Cards and inspections in a size that may travel: of a film, a group of copies may have every frame. */
import type { DatasetCard, DatasetInspection } from "@convkit/schema";

const MOST_BAD_FILES = 1000;

const MOST_GROUPS = 500;
const MOST_OF_A_GROUP = 20;

/** Leaves the first 1,000 files that are left out, and says how many there are. */
export function boundCard(card: DatasetCard): DatasetCard {
  const { badFiles } = card;
  if (badFiles.length <= MOST_BAD_FILES) return card;
  return { ...card, badFiles: badFiles.slice(0, MOST_BAD_FILES), badFileCount: badFiles.length };
}

/** Leaves the first 500 groups of copies, and the first 20 of each, beside `boundCard`; what is counted stays counted. */
export function boundInspection(inspection: DatasetInspection): DatasetInspection {
  const { duplicates } = inspection;
  const groups = duplicates.groups
    .slice(0, MOST_GROUPS)
    .map((group) => ({ ...group, pictures: group.pictures.slice(0, MOST_OF_A_GROUP) }));
  return { ...inspection, card: boundCard(inspection.card), duplicates: { ...duplicates, groups } };
}
