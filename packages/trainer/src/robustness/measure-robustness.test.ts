import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RobustnessPart, RobustnessReport } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventsOf, journalOf, runOptions, squaresConfig } from "../../test/squares-run.js";
import { writeSquares } from "../../test/write-squares.js";
import { train } from "../train.js";
import { pixelBounds } from "./attack-curves.js";
import { BaselineMismatchError } from "./measured-sample.js";
import { measureRobustness, type RobustnessOptions } from "./measure-robustness.js";

let root: string;
let run: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-robustness-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
  run = join(root, "run");
  await train(squaresConfig(join(root, "squares"), { epochs: 6, learningRate: 0.05 }), runOptions(run));
});
afterAll(() => rmSync(root, { recursive: true }));
const reportPath = () => join(run, "artifacts", "robustness.json");
beforeEach(() => rmSync(reportPath(), { force: true }));

const optionsFor = (more: Partial<RobustnessOptions> = {}): RobustnessOptions => ({
  ...runOptions(run),
  limit: 30,
  seed: 0,
  parts: ["rotation"],
  ...more,
});

describe("measureRobustness", () => {
  it("measures all parts on a sample, and keeps the report", async () => {
    const before = tf.memory().numTensors;
    const told: { condition: string; done: number; of: number }[] = [];
    const shares: number[] = [];
    const { report, path } = await measureRobustness(
      run,
      optionsFor({
        parts: RobustnessPart.options,
        onCondition: (condition, progress, share) => {
          told.push({ condition, ...progress });
          shares.push(share);
        },
      }),
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(path).toBe(join(run, "artifacts", "robustness.json"));
    expect(RobustnessReport.parse(JSON.parse(readFileSync(path, "utf8")))).toEqual(report);
    expect(eventsOf(journalOf(run), "artifactSaved").at(-1)).toMatchObject({
      path: "artifacts/robustness.json",
    });

    const { accuracy, corruptions, rotation, scale, adversarial } = report;
    expect(report).toMatchObject({ split: "test", count: 30, seed: 0 });
    expect(accuracy).toBeGreaterThan(0.8);
    expect(corruptions!.scale).toBe("cifar");
    expect(corruptions!.byName.length).toBe(15);
    const all = corruptions!.byName.flatMap(({ accuracies }) => accuracies);
    expect(corruptions!.meanCorruptionError).toBeCloseTo(1 - all.reduce((a, b) => a + b, 0) / 75, 10);
    expect(corruptions!.relativeMeanCorruptionError).toBeCloseTo(
      corruptions!.meanCorruptionError - (1 - accuracy),
      10,
    );
    // Turned by nothing, scaled by nothing and moved by nothing, pictures are what they were.
    expect(rotation!.find(({ degrees }) => degrees === 0)!.accuracy).toBe(accuracy);
    expect(scale!.find(({ factor }) => factor === 1)!.accuracy).toBe(accuracy);
    const [fast, strong] = adversarial!;
    expect([fast!.points[0]!.accuracy, strong!.points[0]!.accuracy]).toEqual([accuracy, accuracy]);
    strong!.points.forEach((point, i) =>
      expect(point.accuracy).toBeLessThanOrEqual(fast!.points[i]!.accuracy),
    );

    expect(told[0]).toEqual({ condition: "as they are", done: 0, of: 1 + 75 + 25 + 9 + 10 });
    expect(told.map(({ done }) => done)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    // 110 passes, 5 of FGSM with a gradient each, PGD's one without and four with ten: 110 + 5 · 4 + 1 + 4 · 31 = 255.
    expect([shares[0], shares[110]]).toEqual([0, 110 / 255]);
    expect(shares.at(-1)).toBeCloseTo(1 - 31 / 255, 12);
  });

  it("says the same again by the same seed, and leaves out what was not asked for", async () => {
    const parts = ["rotation", "scale"] as const;
    const [first, second] = [
      await measureRobustness(run, optionsFor({ parts })),
      await measureRobustness(run, optionsFor({ parts })),
    ];
    expect(first.report).toEqual(second.report);
    expect(Object.keys(first.report)).not.toContain("corruptions");
    expect(Object.keys(first.report)).not.toContain("adversarial");
  });

  it("is 1 against itself", async () => {
    const once = await measureRobustness(run, optionsFor({ parts: ["corruptions"], limit: 12 }));
    const baseline = { name: "itself", report: once.report };
    const { report } = await measureRobustness(
      run,
      optionsFor({ parts: ["corruptions"], limit: 12, baseline }),
    );
    expect(report.corruptions).toMatchObject({ baseline: "itself" });
    expect(report.corruptions!.byName).toEqual(once.report.corruptions!.byName);
    // A corruption that takes no error has nothing to be divided by.
    const shares = report.corruptions!.overBaseline!;
    expect(shares.map(({ name }) => name)).toEqual(report.corruptions!.byName.map(({ name }) => name));
    for (const { name, error } of shares) {
      const { accuracies } = report.corruptions!.byName.find((one) => one.name === name)!;
      expect(error).toBe(accuracies.every((value) => value === 1) ? NaN : 1);
    }
    const kept = RobustnessReport.parse(JSON.parse(readFileSync(reportPath(), "utf8")));
    expect(kept.corruptions!.overBaseline).toEqual(shares);
    expect(once.report.corruptions).not.toHaveProperty("overBaseline");
    const without = { name: "bare", report: { ...once.report, corruptions: undefined } };
    await expect(measureRobustness(run, optionsFor({ baseline: without }))).rejects.toThrow(
      "Received: bare, measured without.",
    );
  });

  it("refuses a baseline of other pictures, and says what differs", async () => {
    const parts = ["corruptions"] as const;
    const { report } = await measureRobustness(run, optionsFor({ parts, limit: 4, seed: 3 }));
    const against = (changed: Partial<RobustnessReport>) =>
      measureRobustness(
        run,
        optionsFor({
          parts,
          limit: 4,
          seed: 3,
          baseline: { name: "other", report: { ...report, ...changed } },
        }),
      );
    for (const [changed, difference] of [
      [{ seed: 0 }, "with seed 0."],
      [{ split: "validation", count: 5 }, "with the validation split, 5 pictures."],
      [{ contentHash: "abc" }, "with another data set, of content hash abc."],
      [{ contentHash: undefined }, "with pictures that it does not name."],
      [{ sampleHash: "abc" }, "with other pictures of the same data set."],
      [
        { corruptions: { ...report.corruptions!, scale: "imagenet" } },
        "with corruptions of the scale imagenet.",
      ],
    ] as const) {
      const refused = against(changed);
      await expect(refused).rejects.toThrow(BaselineMismatchError);
      await expect(refused).rejects.toThrow(`Received: other, ${difference} Measure it alike:`);
    }
    await expect(against({ seed: 0 })).rejects.toThrow("--only corruptions --limit 4 --seed 3");
  });

  it("keeps an earlier report's other parts where it is of the same pictures, else says that they were replaced", async () => {
    const first = await measureRobustness(run, optionsFor({ parts: ["corruptions", "scale"], limit: 4 }));
    const same = await measureRobustness(run, optionsFor({ parts: ["rotation"], limit: 4 }));
    expect(same.report).toEqual({ ...first.report, rotation: same.report.rotation });
    expect(same.report.rotation).toHaveLength(25);
    expect(JSON.parse(readFileSync(reportPath(), "utf8"))).toEqual(same.report);
    expect(same.remarks).toEqual(["Kept from the earlier report of the same pictures: corruptions, scale."]);

    const other = await measureRobustness(run, optionsFor({ parts: ["scale"], limit: 4, seed: 1 }));
    expect(other.report).not.toHaveProperty("corruptions");
    expect(other.remarks).toEqual([
      "Replaced the earlier report's corruptions, rotation: it was measured with seed 0.",
    ]);

    const now = other.report.accuracy;
    writeFileSync(reportPath(), JSON.stringify({ ...other.report, accuracy: now + 1 }));
    const retrained = await measureRobustness(run, optionsFor({ parts: ["rotation"], limit: 4, seed: 1 }));
    expect(retrained.report).not.toHaveProperty("scale");
    expect(retrained.remarks).toEqual([
      `Replaced the earlier report's scale: it was measured with an accuracy of ${now + 1} as they are.`,
    ]);
  });

  it("keeps what is whole where a signal comes, and goes on with the rest", async () => {
    const stopping = new AbortController();
    const kept: RobustnessPart[] = [];
    const stopped = measureRobustness(
      run,
      optionsFor({
        parts: ["scale", "rotation"],
        limit: 4,
        signal: stopping.signal,
        onPartKept: (part) => kept.push(part),
        onCondition: (condition) => {
          if (condition === "scaled by 1.00") stopping.abort(new Error("enough"));
        },
      }),
    );
    await expect(stopped).rejects.toThrow("enough");
    expect(kept).toEqual(["rotation"]);
    const left = RobustnessReport.parse(JSON.parse(readFileSync(reportPath(), "utf8")));
    expect(left.rotation).toHaveLength(25);
    expect(left).not.toHaveProperty("scale");
    const { report } = await measureRobustness(run, optionsFor({ parts: ["scale"], limit: 4 }));
    rmSync(reportPath());
    const whole = await measureRobustness(run, optionsFor({ parts: ["rotation", "scale"], limit: 4 }));
    expect(report).toEqual(whole.report);
  });

  it("loses no part of an earlier report of the same pictures where a second measurement is stopped", async () => {
    const first = await measureRobustness(run, optionsFor({ parts: ["rotation", "scale"], limit: 4 }));
    // Told apart from a measurement of now.
    const marked = { ...first.report, scale: [{ factor: 1, accuracy: 0.125 }] };
    writeFileSync(reportPath(), JSON.stringify(marked));
    const stopping = new AbortController();
    const again = measureRobustness(
      run,
      optionsFor({
        parts: ["rotation", "scale"],
        limit: 4,
        signal: stopping.signal,
        onCondition: (condition) => {
          if (condition === "scaled by 1.00") stopping.abort(new Error("enough"));
        },
      }),
    );
    await expect(again).rejects.toThrow("enough");
    const left = RobustnessReport.parse(JSON.parse(readFileSync(reportPath(), "utf8")));
    expect(left.rotation).toEqual(first.report.rotation);
    expect(left.scale).toMatchObject([{ factor: 1, accuracy: 0.125 }]);

    const whole = await measureRobustness(run, optionsFor({ parts: ["rotation", "scale"], limit: 4 }));
    expect(whole.report).toEqual(first.report);
    expect(whole.remarks).toEqual([]);
  });

  it("stops where a signal comes, and keeps nothing", async () => {
    const path = join(run, "artifacts", "robustness.json");
    rmSync(path, { force: true });
    const stopping = new AbortController();
    let reached = 0;
    const stopped = measureRobustness(
      run,
      optionsFor({
        signal: stopping.signal,
        onCondition: (_, { done }) => {
          // As a signal comes: only where the work lets it in.
          if (done === 3) setImmediate(() => stopping.abort(new Error("enough")));
          reached = done;
        },
      }),
    );
    await expect(stopped).rejects.toThrow("enough");
    expect(reached).toBe(3);
    expect(() => readFileSync(path)).toThrow(/ENOENT/);
  });
});

describe("pixelBounds", () => {
  it("goes through Normalize, channel by channel", () => {
    const transforms = [{ name: "Normalize" as const, mean: [0.5, 0.25, 0], std: [0.5, 0.25, 1] }];
    expect(pixelBounds(transforms, 3)).toEqual({ black: [-1, -1, 0], white: [1, 3, 1] });
  });

  it("is 0 to 1 without it, and of one number for all channels", () => {
    expect(pixelBounds([], 1)).toEqual({ black: [0], white: [1] });
    const grey = [{ name: "Normalize" as const, mean: [0.5], std: [0.25] }];
    expect(pixelBounds(grey, 3)).toEqual({ black: [-2, -2, -2], white: [2, 2, 2] });
  });
});
