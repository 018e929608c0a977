import { expect, it } from "vitest";
import { confusedPairs } from "./confused-pairs.js";

const predictions = {
  split: "test",
  classNames: ["cat", "dog", "eel"],
  ids: ["a", "b", "c", "d", "e"],
  labels: Int32Array.of(0, 0, 0, 1, 2),
  probabilities: Float32Array.of(
    ...[0.25, 0.75, 0],
    ...[0, 1, 0],
    ...[0.25, 0.5, 0.25],
    ...[1, 0, 0],
    ...[0, 0, 1],
  ),
};

it("gathers the pictures of the most frequent confusions, the surest first", () => {
  const pairs = confusedPairs(predictions, { pairs: 2, picturesPerPair: 2 });
  expect(
    pairs.map(({ label, prediction, count, pictures }) => [
      label,
      prediction,
      count,
      pictures.map(({ id }) => id),
    ]),
  ).toEqual([
    [0, 1, 3, ["b", "a"]],
    [1, 0, 1, ["d"]],
  ]);
});

it("has none of label sets, and none without mistakes", () => {
  const labelSets = new Uint8Array(15);
  expect(confusedPairs({ ...predictions, labels: new Int32Array(5).fill(-1), labelSets })).toEqual([]);
  expect(confusedPairs({ ...predictions, labels: Int32Array.of(1, 1, 1, 0, 2) })).toEqual([]);
});
