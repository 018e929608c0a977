import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import {
  compareRuns,
  comparisonSteps,
  leastResamples,
  MetricNotComparedError,
  type ComparedGroup,
} from "./compare-runs.js";
import type { ClassJudgements } from "./judgements.js";
import { TestDataMismatchError, type NamedJudgements } from "./same-pictures.js";

const COUNT = 200;
const rng = Rng.fromSeed(7);

/** Two classes of a hundred pictures; wrong on the pictures of those numbers. */
function run(id: string, wrong: readonly number[], changes: Partial<ClassJudgements> = {}): NamedJudgements {
  const labels = Int32Array.from({ length: COUNT }, (_, picture) => picture % 2);
  const isWrong = new Set(wrong);
  return {
    id,
    judgements: {
      split: "test",
      classNames: ["cat", "dog"],
      ids: Array.from(labels, (_, picture) => `p${picture}`),
      labels,
      predictions: labels.map((label, picture) => (isWrong.has(picture) ? 1 - label : label)),
      labelProbabilities: Float32Array.from(labels, (_, picture) => (isWrong.has(picture) ? 0.25 : 0.5)),
      ...changes,
    },
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const group = (name: string, ...runs: NamedJudgements[]): ComparedGroup => ({ name, runs });

describe("of one run each", () => {
  // 40 and 24 wrong, 4 of them on the same pictures.
  const groups = [group("A", run("a", range(0, 40))), group("B", run("b", range(36, 60)))];

  it("says how much better it is, how surely, and on what", () => {
    const comparison = compareRuns(groups, { rng });
    const [difference] = comparison.differences;
    expect(comparison).toMatchObject({
      metric: "accuracy",
      split: "test",
      pictureCount: 200,
      resamples: 2000,
    });
    expect(comparison.groups[0]).toEqual({
      name: "A",
      runIds: ["a"],
      figures: {
        accuracy: { mean: 0.8, deviation: null },
        balanced_accuracy: { mean: 0.8, deviation: null },
        macro_f1: { mean: 0.8, deviation: null },
        // 160 pictures of ln 2 and 40 of ln 4.
        loss: { mean: expect.closeTo(1.2 * Math.LN2, 12), deviation: null },
      },
    });
    // 36 that A alone is wrong on, 20 that B alone is: 2 · P(at most 20 heads of 56).
    expect(difference!.mcnemar).toMatchObject({ onlyFirst: 20, onlySecond: 36 });
    expect(difference!.pValue).toBeCloseTo(0.044046546, 8);
    expect(difference!.difference).toBeCloseTo(0.08, 12);
    // By hand 0.08 ± 1.96 √((56 − 16²/200) / 200²): 0.0075 to 0.1525.
    expect(Math.abs(difference!.interval[0] - 0.0075)).toBeLessThan(0.01);
    expect(Math.abs(difference!.interval[1] - 0.1525)).toBeLessThan(0.01);
    expect(difference!.outcome).toBe("better");
    expect(comparison.verdict).toMatch(
      /^B is better than A by 8\.0 points of accuracy \(95 % [01]\.\d–1\d\.\d; 200 pictures; 1 run each; McNemar p = 0\.044\)\. One run each: /,
    );
  });

  it("says it from the better one's side, whichever came first", () => {
    const { differences, verdict } = compareRuns(groups.toReversed(), { rng });
    expect(differences[0]).toMatchObject({
      outcome: "worse",
      difference: expect.closeTo(-0.08, 12) as number,
    });
    expect(verdict).toMatch(/^B is better than A by 8\.0 points of accuracy \(95 % [01]\.\d–1\d\.\d; /);
  });

  it("takes the lower loss for the better one", () => {
    const { differences, verdict } = compareRuns(groups, { rng, metric: "loss" });
    // 16 pictures less of ln 4 − ln 2.
    expect(differences[0]).toMatchObject({ outcome: "better", test: "bootstrap" });
    expect(differences[0]!.difference).toBeCloseTo((-16 / 200) * Math.LN2, 6);
    expect(verdict).toMatch(/^B is better than A by 0\.055 of loss \(95 % 0\.\d+–0\.\d+; 200 pictures; /);
  });

  it("tells no difference where the interval holds 0", () => {
    const { differences, verdict } = compareRuns([groups[0]!, group("C", run("c", range(5, 44)))], { rng });
    expect(differences[0]!.outcome).toBe("undecided");
    expect(verdict).toMatch(
      /^No difference can be told between A and C: the interval of the difference holds 0 \(\+0\.5 points of accuracy; 95 % −\d\.\d to \d\.\d; 200 pictures; 1 run each; McNemar p = 1\.00\)\./,
    );
  });

  it("tells none where the interval leaves out 0 and McNemar's test does not", () => {
    // 6 pictures that one alone is right on, 0 that the other is, would be 0.031; of 5 it is 0.0625.
    const { differences, verdict } = compareRuns(
      [group("A", run("a", range(0, 5))), group("B", run("b", []))],
      { rng },
    );
    expect(differences[0]!.interval[0]).toBeGreaterThan(0);
    expect(differences[0]).toMatchObject({ pValue: 0.0625, outcome: "undecided" });
    expect(verdict).toContain("the interval leaves out 0, but p is not below 0.05");
  });

  it("tells none between a run and itself", () => {
    const { differences } = compareRuns([groups[0]!, groups[0]!], { rng });
    expect(differences[0]).toMatchObject({
      difference: 0,
      interval: [0, 0],
      pValue: 1,
      outcome: "undecided",
    });
  });
});

it("pauses after each run that it has measured on a resample, and comes to the same", () => {
  const groups = [group("A", run("a", range(0, 40))), group("B", run("b", range(36, 60)), run("c", []))];
  const options = { rng, resamples: 50 };
  const steps = comparisonSteps(groups, options);
  let pauses = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) pauses++;
  // Of three runs, on the pictures and on 50 resamples.
  expect(pauses).toBeGreaterThanOrEqual(3 * 51);
  expect(step.value).toEqual(compareRuns(groups, options));
});

describe("of several seeds", () => {
  const seeds = (name: string, wrong: readonly number[]) =>
    group(name, ...wrong.map((count, seed) => run(`${name}${seed}`, range(0, count))));

  it("gives mean and deviation of each group, and tests their difference", () => {
    const comparison = compareRuns([seeds("A", [40, 44, 42]), seeds("B", [20, 24, 22])], { rng });
    expect(comparison.groups.map(({ figures }) => figures.accuracy)).toEqual([
      { mean: expect.closeTo(0.79, 12) as number, deviation: expect.closeTo(0.01, 12) as number },
      { mean: expect.closeTo(0.89, 12) as number, deviation: expect.closeTo(0.01, 12) as number },
    ]);
    expect(comparison.differences[0]).toMatchObject({ test: "bootstrap", outcome: "better" });
    expect(comparison.differences[0]).not.toHaveProperty("mcnemar");
    expect(comparison.verdict).toMatch(
      /^B is better than A by 10\.0 points of accuracy \(95 % \d\.\d–1\d\.\d; 200 pictures; 3 seeds each; p (?:< 0\.001|= 0\.00\d)\)\.$/,
    );
  });

  it("knows less the more they scatter, however many pictures there are", () => {
    const widthOf = (...wrong: number[]) => {
      const [one] = compareRuns([seeds("A", [40, 44, 42]), seeds("B", wrong)], { rng }).differences;
      return one!.interval[1] - one!.interval[0];
    };
    expect(widthOf(2, 22, 42)).toBeGreaterThan(2 * widthOf(20, 24, 22));
  });

  it("finds by t what a single lucky seed would not bear out", () => {
    const single = compareRuns([seeds("A", [40]), seeds("B", [16])], { rng }).differences[0]!;
    const three = compareRuns([seeds("A", [40, 15, 24]), seeds("B", [16, 38, 20])], { rng }).differences[0]!;
    expect([single.outcome, three.outcome]).toEqual(["better", "undecided"]);
  });
});

describe("of more than two groups", () => {
  it("compares each with the first and corrects by Holm", () => {
    const groups = [
      group("A", run("a", range(0, 40))),
      group("B", run("b", range(36, 60))),
      group("C", run("c", range(0, 8))),
    ];
    const { differences, verdict } = compareRuns(groups, { rng });
    const [b, c] = differences;
    // The smaller one counts twice; 0.044 then stands as it is, and would be no difference if it counted twice, too.
    expect(c!.correctedPValue).toBeCloseTo(2 * c!.pValue, 12);
    expect(b!.correctedPValue).toBeCloseTo(b!.pValue, 12);
    expect(verdict).toMatch(
      /^B is better than A by 8\.0 points .*\.\nC is better than A by 16\.0 points .*McNemar p < 0\.001\)\.\n200 pictures, 1 run each; p corrected for 2 comparisons with A \(Holm\)\./,
    );
    const weaker = compareRuns([groups[0]!, groups[1]!, group("D", run("d", range(1, 41)))], { rng });
    expect(weaker.differences[0]).toMatchObject({ outcome: "undecided" });
    expect(weaker.differences[0]!.correctedPValue).toBeCloseTo(2 * b!.pValue, 12);
    expect(weaker.verdict).toContain(
      "No difference can be told between A and B: the interval leaves out 0, but",
    );
  });
});

it("tells differences as large as can be among twenty groups, with the least resamples that are asked for", () => {
  const groups = [
    group("A", run("a", range(0, COUNT))),
    ...range(1, 20).map((i) => group(`G${i}`, run(`g${i}`, []))),
  ];
  const told = (resamples: number) => {
    const { differences } = compareRuns(groups, { rng, metric: "macro_f1", resamples });
    return differences.filter(({ outcome }) => outcome === "better").length;
  };
  expect(told(leastResamples(19))).toBe(19);
  // 2 / 759 · 19 = 0.0501.
  expect(told(758)).toBe(0);
});

describe("the same pictures", () => {
  const first = group("A", run("a", range(0, 40)));
  const other = (changes: Partial<ClassJudgements>) => group("B", run("b", range(36, 60), changes));
  const { judgements } = run("b", range(36, 60)) as { judgements: ClassJudgements };
  const errorOf = (groups: readonly ComparedGroup[]) => {
    try {
      compareRuns(groups, { rng });
    } catch (error) {
      return error as TestDataMismatchError;
    }
    throw new Error("It compared them.");
  };

  it("are found by their ids, in whatever order they come", () => {
    const turned = other({
      ids: judgements.ids.toReversed(),
      labels: Array.from(judgements.labels).toReversed(),
      predictions: Array.from(judgements.predictions).toReversed(),
      labelProbabilities: Array.from(judgements.labelProbabilities).toReversed(),
    });
    expect(compareRuns([first, turned], { rng })).toEqual(compareRuns([first, other({})], { rng }));
  });

  it("are those with a label", () => {
    const labels = Array.from(judgements.labels, (label, picture) => (picture < 10 ? -1 : label));
    const { pictureCount } = compareRuns(
      [group("A", run("a", [], { labels })), group("B", run("b", [], { labels }))],
      { rng },
    );
    expect(pictureCount).toBe(190);
    const none = group("A", run("a", [], { labels: labels.map(() => -1) }));
    expect(() => compareRuns([none, none], { rng })).toThrow("Expected pictures whose label is known");
  });

  it.each([
    ["split", { split: "validation" }, "its split is validation, and not test"],
    [
      "order of classes",
      { classNames: ["dog", "cat"] },
      "its classes are in another order: class 0 is dog, and not cat",
    ],
    ["classes", { classNames: ["cat", "wolf"] }, "it has class wolf more; it lacks class dog"],
    [
      "pictures",
      { ids: judgements.ids.map((id, picture) => (picture < 4 ? `q${picture}` : id)) },
      "4 of 200 pictures are in a alone (p0, p1, p2, …); 4 of 200 pictures are in b alone (q0, q1, q2, …)",
    ],
    [
      "labels",
      { labels: Array.from(judgements.labels, (label, picture) => (picture === 3 ? 0 : label)) },
      "1 picture has another label (p3 is cat, and not dog)",
    ],
  ])("are refused where they differ in their %s", (_, changes, said) => {
    const error = errorOf([first, other(changes)]);
    expect(error).toBeInstanceOf(TestDataMismatchError);
    expect(error.differences.join("; ")).toBe(said);
    expect(error.message).toBe(
      `Expected runs that were judged on the same pictures. Received: b, which differs from a: ${said}. ` +
        "Judge both on the same data with convkit evaluate, or leave one out.",
    );
  });
});

describe("of label sets", () => {
  const sets = (id: string, probabilities: readonly number[]): NamedJudgements => ({
    id,
    judgements: {
      split: "test",
      classNames: ["sun", "sea"],
      ids: ["x", "y", "z", "w"],
      labelSets: Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 1),
      probabilities: Float32Array.from(probabilities),
    },
  });
  // sun ranked y, z, x, w: ½ · 1 + ½ · ⅔; sea as it should be.
  const groups = [
    group("A", sets("a", [0.3, 0.1, 0.9, 0.8, 0.6, 0.2, 0.1, 0.9])),
    group("B", sets("b", [0.7, 0.1, 0.9, 0.8, 0.6, 0.2, 0.1, 0.9])),
  ];

  it("compares mean average precision, and has no test that needs one class a picture", () => {
    const { metric, groups: found, differences } = compareRuns(groups, { rng, resamples: 50 });
    expect(metric).toBe("mean_average_precision");
    expect(found.map(({ figures }) => figures.mean_average_precision!.mean)).toEqual([
      expect.closeTo((5 / 6 + 1) / 2, 12),
      1,
    ]);
    expect(differences[0]).not.toHaveProperty("mcnemar");
    expect(differences[0]!.outcome).toBe("undecided");
  });

  it("says which metrics there are", () => {
    const compare = () => compareRuns(groups, { rng, metric: "balanced_accuracy" });
    expect(compare).toThrow(MetricNotComparedError);
    expect(compare).toThrow(
      "Expected one of mean_average_precision, macro_f1, accuracy, loss for such pictures. Received: balanced_accuracy.",
    );
  });

  it("tells no difference where too many resamples have no label, and says so", () => {
    // Nine draws of ten pictures miss those with the label in 0.9⁹ = 39 %, where three have it in 0.7⁹ = 4 %.
    const rare = (id: string, having: number, scores: (picture: number) => number): NamedJudgements => ({
      id,
      judgements: {
        split: "test",
        classNames: ["sun", "sea"],
        ids: Array.from({ length: 10 }, (_, picture) => `p${picture}`),
        labelSets: Uint8Array.from({ length: 20 }, (_, i) => Number(i % 2 === 0 && i / 2 < having)),
        probabilities: Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? scores(i / 2) : 0)),
      },
    });
    const compare = (having: number) =>
      compareRuns(
        [
          group(
            "A",
            rare("a", having, (picture) => picture / 20),
          ),
          group(
            "B",
            rare("b", having, (picture) => (9 - picture) / 20),
          ),
        ],
        { rng },
      );
    const single = compare(1);
    // Ranked last of ten, and first.
    expect(single.differences[0]).toMatchObject({
      difference: expect.closeTo(0.9, 12) as number,
      interval: [NaN, NaN],
      pValue: NaN,
      outcome: "undecided",
    });
    expect(single.verdict).toMatch(
      /^No difference can be told between A and B: their mean average precision is not defined on (?:3[6-9]|4[01]) % of the resamples, in which no picture has a label: more pictures that have one would tell\.$/,
    );
    const three = compare(3).differences[0]!;
    expect(three.undefinedShare).toBeCloseTo(0.7 ** 9, 1);
    expect(three.undefinedShare).toBeGreaterThan(0);
    expect(three.interval.every(Number.isFinite)).toBe(true);
  });

  it("refuses them beside pictures of one class", () => {
    const single = group("C", run("c", []));
    expect(() => compareRuns([groups[0]!, single], { rng })).toThrow(
      "its pictures have one class each, and not any number",
    );
  });
});
