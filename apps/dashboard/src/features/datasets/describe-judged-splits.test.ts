import { HoldingSpec, type DatasetCard } from "@convkit/schema";
import { expect, test } from "vitest";
import { describeJudgedSplits } from "./describe-judged-splits";

function cardOf(chosenBy: Record<string, "hash" | undefined>): DatasetCard {
  const splits = Object.fromEntries(
    Object.entries(chosenBy).map(([name, chosen]) => [name, { count: 4, perClass: [4], chosenBy: chosen }]),
  );
  return {
    formatVersion: 1,
    name: "scans",
    source: "/scans",
    contentHash: "00",
    classNames: ["a"],
    imageShape: null,
    splits,
    badFiles: [],
    warnings: [],
  };
}

test("splits that were held back are told with what made them", () => {
  const card = cardOf({ train: undefined, validation: "hash", test: "hash" });
  expect(describeJudgedSplits({ card, holding: HoldingSpec.parse({}) })).toBe(
    "Judged with validation and test pictures held back by testFraction 0.1, validationFraction 0.1, splitSeed 0, " +
      "no group. A run whose data says otherwise has other splits.",
  );
  const holding = HoldingSpec.parse({ folds: 5, fold: 2, splitSeed: 7, group: String.raw`/(p\d+)_` });
  expect(describeJudgedSplits({ card: cardOf({ validation: "hash", test: undefined }), holding })).toBe(
    String.raw`Judged with validation pictures held back by fold 2 of folds 5, splitSeed 7, group /(p\d+)_. ` +
      "A run whose data says otherwise has other splits.",
  );
  expect(describeJudgedSplits({ card, holding: undefined })).toMatch(/^Judged with validation and test/);
});

test("nothing is said of splits that the data set has itself", () => {
  expect(describeJudgedSplits({ card: cardOf({ train: undefined, test: undefined }) })).toBeNull();
});
