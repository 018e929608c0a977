import { createSplit } from "@convkit/data";
import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { NothingToJudgeError } from "../judge.js";
import { drawSample } from "./measured-sample.js";

const splitOf = (labels: number[]) =>
  createSplit({
    name: "test",
    images: new Uint8Array(labels.length),
    shape: { count: labels.length, height: 1, width: 1, channels: 1 },
    labels,
    ids: labels.map((_, i) => `picture ${i}`),
  });
const rng = () => Rng.fromSeed(0);

it("draws no picture without a class, nor counts it into the classes' shares", () => {
  // Of every four pictures two have no class: shares are of the other 20, of which 10 are of either class.
  const split = splitOf(Array.from({ length: 40 }, (_, i) => [0, -1, 1, -1][i % 4]!));
  const sample = drawSample(split, { limit: 8, rng: rng() });
  expect([...sample.labels].sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  for (const [i, id] of sample.ids.entries())
    expect(split.labels[split.ids.indexOf(id)]).toBe(sample.labels[i]);
  expect(drawSample(split, { limit: 100, rng: rng() })).toHaveLength(20);
});

it("refuses a split whose pictures have no class at all", () => {
  const draw = () => drawSample(splitOf([-1, -1]), { limit: 8, rng: rng() });
  expect(draw).toThrow(NothingToJudgeError);
  expect(draw).toThrow("Received: the test split, 2 pictures without.");
});
