/** What one picture's page says: its neighbours in both directions, and what several documents tell of it. */
import { describe, expect, it } from "vitest";
import type { Explanations, LabelReview, LabelSetReview, Projection } from "../../trpc/context";
import { explanationPath, knownPicture, labelWords } from "./known-picture";
import { suspectWords } from "./suspect-words";

const projection: Projection = {
  formatVersion: 1,
  split: "test",
  classNames: ["cat", "dog"],
  ids: ["a", "b", "c"],
  labels: [0, 1, -1],
  pca: { x: [0, 1, 2], y: [0, 1, 2], explained: [0.6, 0.2] },
  neighbours: {
    split: "train",
    ids: ["t0", "t1", "t2"],
    labels: [0, 1, 1],
    of: [
      [0, 2],
      [2, 1],
      [2, 9],
    ],
    similarity: [
      [0.9, 0.8],
      [0.95, 0.7],
      [0.5, 0.4],
    ],
  },
};

const explanations: Explanations = {
  formatVersion: 1,
  method: "grad-cam",
  split: "test",
  classNames: ["cat", "dog"],
  searched: 0,
  pictures: [
    {
      id: "b",
      chosenAs: "mistake",
      label: 1,
      prediction: 0,
      probability: 0.9,
      explained: 0,
      file: "mistake-1.png",
      peak: null,
    },
  ],
};

const review: LabelReview = {
  formatVersion: 1,
  runId: "run",
  classNames: ["cat", "dog"],
  folds: 5,
  counts: { train: 3 },
  suspectCount: 1,
  confidentJoint: [],
  joint: [],
  labels: [
    {
      id: "t0",
      split: "train",
      label: 0,
      suggestion: 1,
      labelProbability: 0.1,
      suggestionProbability: 0.8,
      quality: 0.1,
      isSuspect: true,
      why: "It looks like a dog.",
    },
  ],
  copies: [],
};

describe("knownPicture", () => {
  it("has a judged picture's nearest training pictures, nearest first, and leaves out places that are none", () => {
    expect(knownPicture("b", { projection })).toMatchObject({
      label: "dog",
      split: "test",
      neighbourSplit: "train",
      neighbours: [
        { id: "t2", label: "dog", similarity: 0.95 },
        { id: "t1", label: "dog", similarity: 0.7 },
      ],
    });
    expect(knownPicture("c", { projection })).toMatchObject({
      label: "unknown",
      neighbours: [{ id: "t2", label: "dog", similarity: 0.5 }],
    });
  });

  it("leads from a training picture back to the judged ones that it is near to, the nearest first", () => {
    expect(knownPicture("t2", { projection })).toMatchObject({
      label: "dog",
      split: "train",
      neighbourSplit: "test",
      neighbours: [
        { id: "b", label: "dog", similarity: 0.95 },
        { id: "a", label: "cat", similarity: 0.8 },
        { id: "c", label: "unknown", similarity: 0.5 },
      ],
    });
  });

  it("brings together what explanation, review and projection say, and says nothing of a stranger", () => {
    const documents = { projection, explanations, review };
    expect(knownPicture("b", documents).explained?.file).toBe("mistake-1.png");
    expect(knownPicture("t0", documents)).toMatchObject({
      label: "cat",
      split: "train",
      reviewed: { suggestion: 1 },
      neighbours: [{ id: "a" }],
    });
    expect(knownPicture("t0", { review }).label).toBe("cat");
    expect(knownPicture("nobody", documents)).toEqual({
      id: "nobody",
      label: null,
      split: null,
      explained: null,
      reviewed: null,
      reviewedSet: null,
      neighbours: [],
      neighbourSplit: null,
    });
  });
});

describe("sets of labels", () => {
  const sets: Explanations = { ...explanations, isMultiLabel: true };
  const [shown] = explanations.pictures;

  it("have a word for the explained label where it is, and where it is not", () => {
    const words = (label: number, prediction: number) =>
      labelWords(sets, { ...shown!, label, prediction, explained: 1 });
    expect(words(-1, 1)).toEqual({ label: "no dog", prediction: "dog" });
    expect(words(1, -1)).toEqual({ label: "dog", prediction: "no dog" });
    // Of one class a picture there is none where nobody knows it.
    expect(labelWords(explanations, { ...shown!, label: -1 })).toEqual({
      label: "unknown",
      prediction: "cat",
    });
  });

  it("are all that a reviewed picture has, with what to add and remove", () => {
    const setReview: LabelSetReview = {
      formatVersion: 1,
      runId: "run",
      classNames: ["cat", "dog", "owl"],
      folds: 5,
      counts: { train: 3 },
      suspectCount: 2,
      suspectPictureCount: 1,
      confidentJoints: [],
      pictures: [
        {
          id: "b",
          split: "train",
          labels: [0, 2],
          suspects: [
            { label: 1, isThere: false, probability: 0.931 },
            { label: 2, isThere: true, probability: 0.02 },
          ],
          quality: 0.1,
          why: "It looks like a dog.",
        },
        { id: "c", split: "train", labels: [], suspects: [], quality: 0.4, why: "Unsure." },
      ],
      copies: [],
    };
    const { label, split, reviewedSet } = knownPicture("b", { setReview, explanations: sets });
    expect([label, split]).toEqual(["cat, owl", "train"]);
    expect(suspectWords(setReview.classNames, reviewedSet!.suspects)).toBe(
      "add dog (dog 93.1%), remove owl (owl 2.0%)",
    );
    expect(knownPicture("c", { setReview }).label).toBe("no label");
  });
});

describe("explanationPath", () => {
  it("keeps to pictures beside the document", () => {
    expect(explanationPath("poor-reason-12.png")).toBe("artifacts/explanations/poor-reason-12.png");
    for (const file of ["../index.png", "..", "a/b.png", "index.json", "", ".png"])
      expect(explanationPath(file), file).toBeNull();
  });
});
