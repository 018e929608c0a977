/** The sentence about the sanity check turns where the maps stay alike. */
import { expect, it } from "vitest";
import { sanityWords } from "./sanity-words";

it("tells maps that depend on the weights from maps that stay as they were", () => {
  const stages = [
    { stage: "logits", rankCorrelation: 0.8 },
    { stage: "conv1", rankCorrelation: 0.07 },
  ];
  expect(sanityWords({ pictures: 12, stages })).toBe(
    "On 12 pictures, with all weights down to conv1 random, the maps' rank correlation with the trained network's is 0.07: they depend on what was learnt.",
  );
  expect(sanityWords({ pictures: 1, stages: stages.slice(0, 1) })).toBe(
    "On 1 picture, with all weights down to logits random, the maps' rank correlation with the trained network's is 0.80: they stay much as they were, and show the picture more than what was learnt.",
  );
  expect(sanityWords({ pictures: 0, stages: [] })).toBe("It has no figures.");
});
