/** What a worker would have found in a seeded data set: a leak, a conflict, and a group of many copies. */
import { addInspection, openDatabase } from "@convkit/db";
import { HoldingSpec, type DatasetInspection } from "@convkit/schema";
import { cardOf, pictureId, type DatasetName } from "./seed-dataset.js";

function inspectionOf(name: DatasetName): DatasetInspection {
  const card = cardOf(name);
  const copy = (index: number, split = "test") => ({
    id: split === "test" ? pictureId(index) : `${split}/${index}.png`,
    split,
    className: card.classNames[index % card.classNames.length]!,
    similarity: 1 - index / 1000,
  });
  const plain = { isLeak: false, isConflict: false };
  return {
    formatVersion: 1,
    card: {
      ...card,
      splits: { ...card.splits, validation: { ...card.splits["validation"]!, chosenBy: "hash" } },
    },
    holding: HoldingSpec.parse({ folds: 5 }),
    sizes: {
      height: { min: 32, median: 240, max: 3000 },
      width: { min: 32, median: 320, max: 4000 },
      shorterEdge: [
        { from: 32, to: 48, count: 12 },
        { from: 48, to: 64, count: 0 },
        { from: 64, to: null, count: 40_000 },
      ],
      aspectRatio: [{ from: 0.95, to: 1.05, count: 40_012 }],
      mostFrequent: [{ height: 240, width: 320, count: 30_000 }],
    },
    duplicates: {
      minSimilarity: 0.97,
      groupCount: 14,
      pictureCount: 40,
      conflictCount: 1,
      groups: [
        { kind: "near", count: 2, pictures: [copy(3, "train"), copy(4)], isLeak: true, isConflict: true },
        { kind: "exact", count: 30, pictures: [copy(5), copy(15), copy(25)], ...plain },
        ...Array.from({ length: 9 }, (_, i) => ({
          kind: "near" as const,
          count: 2,
          pictures: [copy(100 + i), copy(200 + i)],
          ...plain,
        })),
      ],
    },
    leakage: [
      { split: "validation", into: "train", exact: 0, near: 0 },
      { split: "test", into: "train", exact: 3, near: 17 },
    ],
  };
}

export async function seedInspection(home: string, name: DatasetName): Promise<void> {
  const database = await openDatabase({ home });
  try {
    await addInspection(database, inspectionOf(name));
  } finally {
    await database.close();
  }
}
