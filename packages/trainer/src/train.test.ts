import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { withTemperature } from "@convkit/evaluator";
import { loadClassifier } from "@convkit/models";
import {
  decodePredictions,
  EvaluationReport,
  RunConfig,
  StepProfile,
  type RunConfigInput,
  type TrainEvent,
  type TransformLists,
} from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawSquare, SQUARE_CLASSES } from "../test/squares.js";
import {
  eventsOf,
  journalOf,
  lastWeights,
  runOptions as optionsFor,
  squaresConfig,
} from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { evaluateRun } from "./evaluate-run.js";
import { NothingToJudgeError } from "./judge.js";
import { historyOf } from "./history.js";
import { UnknownMetricError } from "./monitor.js";
import { ImageShapeMismatchError } from "./run-parts.js";
import { train } from "./train.js";

let root: string;
/** A run of `configOf()` that nothing interrupted, and the events it emitted. */
let whole: string;
const wholeEvents: TrainEvent[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-train-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
  whole = newRun();
  await train(configOf(), optionsFor(whole, { onEvent: (event) => wholeEvents.push(event) }));
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) => squaresConfig(join(root, "squares"), more);

let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);

describe("train", () => {
  it("leaves a whole run behind and says everything in events", () => {
    const left =
      "artifacts checkpoints config.json events.jsonl model predictions-validation.bin predictions.bin " +
      "report.html report.json report.md";
    expect(readdirSync(whole).sort()).toEqual(left.split(" "));
    expect(wholeEvents).toEqual(journalOf(whole));
    expect(wholeEvents.map(({ sequence }) => sequence)).toEqual(wholeEvents.map((_, index) => index));
    expect(wholeEvents[0]).toMatchObject({ type: "runStarted", stepsPerEpoch: 12, attempt: 1 });
    expect(wholeEvents.slice(-2)).toMatchObject([
      { type: "evaluated" },
      { type: "runEnded", status: "completed" },
    ]);
    const config = RunConfig.parse(JSON.parse(readFileSync(join(whole, "config.json"), "utf8")));
    expect(config.data.contentHash).toMatch(/\w{20,}/);
    expect(eventsOf(wholeEvents, "runStarted")[0]!.config).toEqual(config);
  });

  it.each(["focal", "binary-cross-entropy"] as const)("learns by the config's %s", async (name) => {
    const run = newRun();
    const mixing = { ...(configOf().transforms as TransformLists), batch: ["MixUp" as const] };
    const loss = { name, classWeights: "balanced" as const };
    const { report } = await train(configOf({ loss, transforms: mixing, epochs: 3 }), optionsFor(run));
    expect(report!.accuracy).toBeGreaterThan(0.8);
  });

  it("validates by plain cross-entropy, but for binary cross-entropy by its own kind", async () => {
    // Networks that learn next to nothing are alike.
    const validated = async (name: "cross-entropy" | "focal" | "binary-cross-entropy") => {
      const config = configOf({ loss: { name }, learningRate: 1e-9, epochs: 1 });
      return (await train(config, optionsFor(newRun()))).history[0]!.logs;
    };
    const [plain, focal, binary] = [
      await validated("cross-entropy"),
      await validated("focal"),
      await validated("binary-cross-entropy"),
    ];
    expect(focal["val_loss"]).toBeCloseTo(plain["val_loss"]!, 5);
    expect(focal["loss"]).toBeLessThan(plain["loss"]! * 0.9);
    expect(Math.abs(binary["val_loss"]! - plain["val_loss"]!)).toBeGreaterThan(0.05);
    expect(binary["val_loss"]).toBeLessThan(binary["loss"]! * 1.5);
  });

  it("returns what it wrote, and leaves no tensor behind", async () => {
    const run = newRun();
    const before = tf.memory().numTensors;
    const result = await train(configOf(), optionsFor(run));
    expect(tf.memory().numTensors).toBe(before);
    expect(result).toMatchObject({ runId: basename(run), directory: run, status: "completed" });
    expect(result.history).toEqual(historyOf(journalOf(run)));
    expect(result.history.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 12],
      [2, 24],
    ]);
    const report = EvaluationReport.parse(JSON.parse(readFileSync(join(run, "report.json"), "utf8")));
    expect(report).toEqual(result.report);
    expect(report).toMatchObject({ split: "test", testCount: 40 });
    expect(report.accuracy).toBeGreaterThan(0.9);
  });

  it.each<Partial<RunConfigInput>>([
    {},
    { testTimeAugmentation: "flip-translate" },
    { ema: { decay: 0.8, warmup: false } },
  ])("writes a model that gives the same probabilities from the pictures alone, with %j", async (more) => {
    const run = newRun();
    await train(configOf({ epochs: 1, ...more }), optionsFor(run));
    const predictions = decodePredictions(readFileSync(join(run, "predictions.bin")));
    const classifier = await loadClassifier(join(run, "model"));
    const pictures = SQUARE_CLASSES.map((_, label) => {
      // The test pictures were drawn after the 200 training ones.
      return { data: drawSquare(label, 200 + label), height: 8, width: 8, channels: 3 };
    });
    const probabilities = await classifier.predict(pictures);
    const { temperature } = classifier.card;
    classifier.dispose();
    expect([...predictions.labels.slice(0, 3)]).toEqual([0, 1, 2]);
    expect(temperature).toMatchObject({ split: "validation" });
    withTemperature(predictions, temperature!.value)
      .probabilities.slice(0, 9)
      .forEach((probability, i) => expect(probabilities[i]).toBeCloseTo(probability, 5));
  });

  it("judges averaged weights and several views where the config says so", async () => {
    const lossOf = async (more: Partial<RunConfigInput>) => {
      const { report } = await train(configOf({ epochs: 1, ...more }), optionsFor(newRun()));
      return report!.loss;
    };
    const plain = await lossOf({});
    expect(await lossOf({ testTimeAugmentation: "flip" })).not.toBe(plain);
    expect(await lossOf({ ema: { decay: 0.8 } })).not.toBe(plain);
    expect(await lossOf({})).toBe(plain);
  });

  it("measures where the time of a step goes when it is asked to, and keeps it beside the run", async () => {
    const [run, plain] = [newRun(), newRun()];
    await train(configOf({ epochs: 1 }), optionsFor(run, { profile: { batches: 3 } }));
    await train(configOf({ epochs: 1 }), optionsFor(plain));
    const profile = StepProfile.parse(JSON.parse(readFileSync(join(run, "profile.json"), "utf8")));
    expect(profile).toMatchObject({ formatVersion: 1, batches: 3, batchSize: 13 });
    const events = journalOf(run);
    expect(eventsOf(events, "artifactSaved").map(({ path }) => path)).toContain("profile.json");
    const texts = eventsOf(events, "message").map(({ text }) => text);
    expect(texts.filter((text) => text.startsWith("profile of 3 batches of 13"))).toHaveLength(1);
    expect(await lastWeights(run)).toEqual(await lastWeights(plain));
  });

  it("profiles what there is where a run is short, and says so where it ends before", async () => {
    const [short, stopped] = [newRun(), newRun()];
    // 3 batches, in the first of which memory and threads settle.
    const config = configOf({ epochs: 1, batchSize: 40 });
    await train(config, optionsFor(short, { profile: { batches: 20 } }));
    const profile: unknown = JSON.parse(readFileSync(join(short, "profile.json"), "utf8"));
    expect(StepProfile.parse(profile)).toMatchObject({ batches: 2, batchSize: 40 });

    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") controller.abort(new Error("enough"));
    };
    const options = { profile: { batches: 20 }, signal: controller.signal, onEvent };
    await train(config, optionsFor(stopped, options));
    expect(existsSync(join(stopped, "profile.json"))).toBe(false);
    const texts = eventsOf(journalOf(stopped), "message").map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringMatching(/^Expected a batch to profile after the first 1, .* Received: 1 in all\./),
    );
  });

  it("shows the worst mistakes as pictures on the page", async () => {
    const run = newRun();
    const { report } = await train(configOf({ epochs: 1, learningRate: 1e-6 }), optionsFor(run));
    expect(report!.worstMistakes.length).toBeGreaterThan(0);
    const page = readFileSync(join(run, "report.html"), "utf8");
    const [, gallery = ""] = /<h2 id="mistakes">(.*?)<\/section>/s.exec(page) ?? [];
    expect(gallery.match(/src="data:image\/webp;base64,/g)).toHaveLength(report!.worstMistakes.length);
  });

  it("gives the same weights twice, bit for bit, with any number of loader threads", async () => {
    const [again, withThreads, otherSeed] = [newRun(), newRun(), newRun()];
    await train(configOf(), optionsFor(again));
    await train(configOf(), optionsFor(withThreads, { loaderWorkers: 2 }));
    await train(configOf({ seed: 1 }), optionsFor(otherSeed));
    expect(await lastWeights(again)).toEqual(await lastWeights(whole));
    expect(await lastWeights(withThreads)).toEqual(await lastWeights(whole));
    expect(await lastWeights(otherSeed)).not.toEqual(await lastWeights(whole));
  });

  it("replays from the config in a run's folder", async () => {
    const run = newRun();
    const stored = JSON.parse(readFileSync(join(whole, "config.json"), "utf8")) as RunConfigInput;
    await train(stored, optionsFor(run));
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
  });

  it("judges the best epoch, not the last one", async () => {
    const run = newRun();
    const events: TrainEvent[] = [];
    // A rate that ruins the weights once the warm-up is over.
    const { report, history } = await train(
      configOf({
        learningRate: 30,
        schedule: { name: "one-cycle", pctStart: 0.9, divFactor: 1e4 },
        epochs: 4,
      }),
      optionsFor(run, { onEvent: (event) => events.push(event) }),
    );
    const accuracies = history.map(({ logs }) => logs.val_accuracy!);
    const best = accuracies.indexOf(Math.max(...accuracies)) + 1;
    expect(best).toBeLessThan(4);
    expect(
      eventsOf(events, "checkpointSaved")
        .filter(({ kind }) => kind === "best")
        .at(-1)!.epoch,
    ).toBe(best);
    expect((await loadCheckpoint(join(run, "checkpoints/best")))!.state.step).toBe(best * 12);
    expect(report!.accuracy).toBeGreaterThan(accuracies.at(-1)!);
  });

  it("stops early and still judges", async () => {
    const earlyStopping = { monitor: "val_loss", mode: "min", patience: 1, minDelta: 100 } as const;
    const { status, reason, report, history } = await train(
      configOf({ earlyStopping, epochs: 9 }),
      optionsFor(newRun()),
    );
    expect(status).toBe("stopped");
    expect(reason).toMatch(/^val_loss has not improved/);
    expect(history).toHaveLength(2);
    expect(report!.testCount).toBe(40);
  });

  it("stops by one metric and keeps the best by another, and says so", async () => {
    const run = newRun();
    const { history } = await train(
      configOf({
        earlyStopping: { monitor: "val_loss", patience: 2, minDelta: 100 },
        // Falls from epoch to epoch: the first is the best.
        schedule: { name: "exponential", gamma: 0.5 },
        checkpoint: { monitor: "learning_rate", mode: "max" },
        epochs: 9,
      }),
      optionsFor(run),
    );
    expect(history).toHaveLength(3);
    expect((await loadCheckpoint(join(run, "checkpoints/best")))!.state.step).toBe(12);
    expect(eventsOf(journalOf(run), "message")[0]!.text).toBe(
      "Training ends once val_loss no longer improves (earlyStopping.monitor); kept and judged are the weights of the " +
        "epoch that was best by learning_rate (checkpoint.monitor).",
    );
  });

  it("ends as failed when the loss is no number any more", async () => {
    const run = newRun();
    const { status, reason, report } = await train(configOf({ learningRate: 1e30 }), optionsFor(run));
    expect(status).toBe("failed");
    expect(reason).toMatch(/^loss became (NaN|Infinity) at step \d+/);
    expect(report).toBeUndefined();
    expect(journalOf(run).at(-1)).toMatchObject({ type: "runEnded", status: "failed", reason });
    expect(existsSync(join(run, "report.json"))).toBe(false);
  });

  it("writes down the pictures of the step that ruined it", async () => {
    const run = newRun();
    const { reason } = await train(configOf({ learningRate: 1e30, accumulate: 2 }), optionsFor(run));
    const file = readFileSync(join(run, "artifacts/nan-batch.json"));
    const written = JSON.parse(file.toString()) as { ids: string[]; step: number; metric: string };
    expect(written).toMatchObject({
      formatVersion: 1,
      metric: "loss",
      epoch: 1,
      value: expect.any(String) as string,
    });
    // Two batches of 13, each picture once.
    expect(new Set(written.ids).size).toBe(26);
    expect(written.ids.every((id) => /^train\/\d+$/.test(id))).toBe(true);
    expect(reason).toContain(`at step ${written.step} (`);
    expect(reason).toContain(`The step was of ${written.ids.slice(0, 3).join(", ")} and 23 more pictures.`);
    const [saved] = eventsOf(journalOf(run), "artifactSaved");
    expect(saved).toMatchObject({ path: "artifacts/nan-batch.json", sizeBytes: file.length });
  });

  it("writes why it failed into the journal before it throws", async () => {
    const run = newRun();
    const model = { name: "no-such-network" };
    await expect(train(configOf({ model }), optionsFor(run))).rejects.toThrow("no-such-network");
    const reason = expect.stringContaining("no-such-network") as string;
    expect(journalOf(run).at(-1)).toMatchObject({ type: "runEnded", status: "failed", reason });
  });

  it("refuses to watch a metric that the run will not have, before the first step", async () => {
    const checkpoint = { monitor: "val_f1", mode: "max" } as const;
    await expect(train(configOf({ checkpoint }), optionsFor(newRun()))).rejects.toThrow(UnknownMetricError);
    const data = { source: join(root, "squares"), validationFraction: 0 };
    const earlyStopping = { monitor: "val_loss" };
    const schedule = { name: "reduce-on-plateau" } as const;
    for (const watching of [{ earlyStopping }, { schedule }]) {
      await expect(train(configOf({ data, ...watching }), optionsFor(newRun()))).rejects.toThrow(
        UnknownMetricError,
      );
    }
  });

  it("takes the last epoch where there are no validation pictures, and says so", async () => {
    const run = newRun();
    const data = { source: join(root, "squares"), validationFraction: 0 };
    const { report } = await train(configOf({ data, epochs: 2 }), optionsFor(run));
    expect(report!.split).toBe("test");
    expect((await loadCheckpoint(join(run, "checkpoints/best")))!.state.step).toBe(30);
    expect(eventsOf(journalOf(run), "message").map(({ text }) => text)).toEqual([
      "There are no validation pictures: the last epoch counts as the best one.",
    ]);
  });

  it("judges on validation where there are no test pictures, and says so", async () => {
    writeSquares(join(root, "no-test"), { train: 60, test: 0 });
    const run = newRun();
    const data = { source: join(root, "no-test"), validationFraction: 0.3, testFraction: 0 };
    const { report } = await train(configOf({ data, epochs: 1 }), optionsFor(run));
    expect(report!.split).toBe("validation");
    expect(eventsOf(journalOf(run), "message")[0]!.text).toMatch(/^There are no test pictures/);
  });

  it("judges on pictures held back for that where a data set has none, whole groups of them", async () => {
    writeSquares(join(root, "no-test"), { train: 60, test: 0 });
    const run = newRun();
    const data = { source: join(root, "no-test"), testFraction: 0.3, group: "^train/000(\\d)" };
    const { report } = await train(configOf({ data, epochs: 1 }), optionsFor(run));
    const [judged] = eventsOf(journalOf(run), "evaluated");
    expect(judged).toMatchObject({ split: "test", count: report!.testCount });
    const { ids } = decodePredictions(readFileSync(join(run, "predictions.bin")));
    expect(ids.length % 10).toBe(0);
    expect(new Set(ids.map((id) => id.slice(0, -1))).size).toBe(ids.length / 10);
    expect(eventsOf(journalOf(run), "runStarted")[0]!.dataset.splits["test"]!.count).toBe(ids.length);
  });

  it("saves the network where there is nothing to judge it on", async () => {
    writeSquares(join(root, "no-test"), { train: 60, test: 0 });
    const run = newRun();
    const data = { source: join(root, "no-test"), validationFraction: 0, testFraction: 0 };
    const { status, report, modelDirectory } = await train(configOf({ data, epochs: 1 }), optionsFor(run));
    expect([status, report]).toEqual(["completed", undefined]);
    expect(readdirSync(run).filter((name) => /report|predictions/.test(name))).toEqual([]);
    const classifier = await loadClassifier(modelDirectory!);
    expect(classifier.card).toMatchObject({ classNames: ["0", "1", "2"], metrics: {} });
    expect(
      await classifier.predict([{ data: drawSquare(0, 0), height: 8, width: 8, channels: 3 }]),
    ).toHaveLength(3);
    classifier.dispose();
    await expect(evaluateRun(run, optionsFor(run))).rejects.toThrow(NothingToJudgeError);
  });

  it("refuses transforms that make pictures of two shapes, before the first step", async () => {
    const run = newRun();
    const transforms: RunConfigInput["transforms"] = {
      train: [{ name: "RandomCrop", size: [8, 8], padding: 1 }],
      evaluation: [{ name: "Resize", size: 6 }],
    };
    const training = train(configOf({ transforms }), optionsFor(run));
    await expect(training).rejects.toThrow(ImageShapeMismatchError);
    await expect(training).rejects.toThrow(
      "[8, 8, 3] for training, by RandomCrop [8,8], and [6, 6, 3] for evaluation, by Resize 6.",
    );
  });
});
