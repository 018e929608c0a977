/** What an inspection has found, in a size that may travel: of a film, a group of copies may have every frame. */
import type { DatasetInspection } from "@convkit/schema";

const MOST_GROUPS = 500;
const MOST_OF_A_GROUP = 20;

/** Leaves the first 500 groups of copies, and the first 20 of each; what is counted stays counted. */
export function boundInspection(inspection: DatasetInspection): DatasetInspection {
  const { duplicates } = inspection;
  const groups = duplicates.groups
    .slice(0, MOST_GROUPS)
    .map((group) => ({ ...group, pictures: group.pictures.slice(0, MOST_OF_A_GROUP) }));
  return { ...inspection, duplicates: { ...duplicates, groups } };
}
