import { createSplit, ImageDataset } from "@convkit/data";
import { describe, expect, it } from "vitest";
import { reviewLabels, reviewLabelSets } from "./review-labels.js";

const shape = { count: 12, height: 1, width: 1, channels: 1 };
const split = (name: string) =>
  createSplit({
    name,
    images: new Uint8Array(12),
    shape,
    labels: Array.from({ length: 12 }, (_, i) => i % 2),
  });
const [train, test] = [split("train"), split("test")];
const dataset = new ImageDataset({
  name: "pets",
  source: "./pets",
  contentHash: "0",
  annotationsHash: "0",
  classNames: ["cat", "dog"],
  splits: { train, test },
  ownSplits: ["train", "test"],
  heldBackBy: "hash",
  badFiles: [],
  warnings: [],
});
const ids = [...train.ids, ...test.ids];
/** All are sure of their label, train/3 is surely a cat, and test/11 is rather one. */
const ofCat = (id: string, label: number) =>
  id === "train/3" ? 0.95 : id === "test/11" ? 0.55 : label === 0 ? 0.9 : 0.1;
const labels = Int32Array.from([...train.labels, ...test.labels]);
const predictions = {
  split: "all",
  classNames: ["cat", "dog"],
  ids,
  labels,
  probabilities: Float32Array.from(
    ids.flatMap((id, i) => [ofCat(id, labels[i]!), 1 - ofCat(id, labels[i]!)]),
  ),
};
const picture = (id: string, className: string) => ({
  id,
  split: id.split("/")[0]!,
  className,
  similarity: 1,
});
const groups = [
  {
    kind: "exact" as const,
    count: 2,
    pictures: [picture("train/5", "dog"), picture("test/0", "cat")],
    isLeak: true,
    isConflict: true,
  },
  {
    kind: "near" as const,
    count: 2,
    pictures: [picture("train/0", "cat"), picture("train/2", "cat")],
    isLeak: false,
    isConflict: false,
  },
];
const duplicates = { minSimilarity: 0.97, groupCount: 2, pictureCount: 2, conflictCount: 1, groups };

describe("a review of labels", () => {
  const { review, ranked } = reviewLabels(predictions, {
    runId: "run",
    folds: 5,
    dataset,
    inspection: { duplicates },
  });

  it("says of each doubted label why, in the split that the picture is in", () => {
    expect(review.counts).toEqual({ train: 12, test: 12 });
    expect(review.suspectCount).toBe(1);
    expect(review.labels[0]).toMatchObject({
      id: "train/3",
      split: "train",
      label: 1,
      suggestion: 0,
      isSuspect: true,
      why: "confidently cat: cat 0.95, dog 0.05",
    });
    expect(review.labels[1]).toMatchObject({
      id: "test/11",
      split: "test",
      why: "rather cat: cat 0.55, dog 0.45",
    });
    expect(ranked).toHaveLength(24);
  });

  it("has a tenth of all labels at least, and those of copies that disagree", () => {
    const because = new Map(review.labels.map(({ id, why }) => [id, why]));
    expect(because.get("train/5")).toBe(
      "probably dog: cat 0.10, dog 0.90; test/0 shows the same and is labelled cat",
    );
    expect(because.get("test/0")).toContain("train/5 shows the same and is labelled dog");
    expect(review.labels.length).toBeGreaterThanOrEqual(Math.ceil(24 / 10) + 1);
  });

  it("keeps copies that leak or disagree, and no others", () => {
    expect(review.copies).toEqual([groups[0]]);
  });
});

describe("a review of label sets", () => {
  // All are sure of what the data set says, but train/3 surely has no dog, and test/11 rather a cat, too.
  const sets = Uint8Array.from(ids.flatMap((_, i) => [i % 2 === 0 ? 1 : 0, i % 4 > 1 ? 1 : 0]));
  const probabilities = Float32Array.from(sets, (has) => (has ? 0.9 : 0.1));
  probabilities[ids.indexOf("train/3") * 2 + 1] = 0.05;
  probabilities[ids.indexOf("test/11") * 2] = 0.55;
  const { review, ranked } = reviewLabelSets(
    { ...predictions, labels: new Int32Array(24).fill(-1), labelSets: sets, probabilities },
    { runId: "run", folds: 5, dataset, inspection: { duplicates } },
  );

  it("says of each doubted label why, and of a picture without one what is worst in it", () => {
    expect(review).toMatchObject({
      counts: { train: 12, test: 12 },
      suspectCount: 1,
      suspectPictureCount: 1,
    });
    const [first, second] = review.pictures;
    expect(first).toMatchObject({
      id: "train/3",
      split: "train",
      labels: [1],
      suspects: [{ label: 1, isThere: true }],
      why: "confidently no dog (dog 0.05)",
    });
    // 0.8 × 0.05 + 0.2 × 0.9.
    expect(first!.quality).toBeCloseTo(0.22, 6);
    expect(second).toMatchObject({ id: "test/11", labels: [1], suspects: [], why: "rather cat (cat 0.55)" });
    expect(ranked).toHaveLength(24);
  });

  it("has the labels of copies that disagree", () => {
    const because = new Map(review.pictures.map(({ id, why }) => [id, why]));
    expect(because.get("train/5")).toMatch(/^probably .*; test\/0 shows the same and is labelled cat$/);
  });
});
