import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { ContentHashMismatchError } from "@convkit/data";
import { loadClassifier } from "@convkit/models";
import {
  decodePredictions,
  EvaluationReport,
  RunConfig,
  type RunConfigInput,
  type TrainEvent,
  type TrainEventType,
} from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawSquare, SQUARE_CLASSES } from "../test/squares.js";
import { runOptions as optionsFor, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { RunBusyError } from "./attempt-lock.js";
import { CheckpointCorruptError, loadCheckpoint } from "./checkpoint.js";
import { evaluateRun } from "./evaluate-run.js";
import { NothingToJudgeError } from "./judge.js";
import { historyOf } from "./history.js";
import { readJournal } from "./journal.js";
import { UnknownMetricError } from "./monitor.js";
import { ImageShapeMismatchError } from "./run-parts.js";
import { resume, RunFinishedError, train } from "./train.js";

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

const journalOf = (run: string): TrainEvent[] => readJournal(join(run, "events.jsonl"));

function eventsOf<Type extends TrainEventType>(events: readonly TrainEvent[], type: Type) {
  return events.filter((event): event is Extract<TrainEvent, { type: Type }> => event.type === type);
}

/** The weights that the run ended with, as bytes. */
async function lastWeights(run: string): Promise<unknown> {
  const checkpoint = await loadCheckpoint(join(run, "checkpoints/last"));
  return { weights: checkpoint!.weights, slots: checkpoint!.slots };
}

function startChild(...args: string[]): ChildProcessByStdio<Writable, Readable, null> {
  const script = fileURLToPath(new URL("../test/train-child.mjs", import.meta.url));
  const command = ["--import", "@convkit/vitest-config/open-backend", script, ...args];
  return spawn(process.execPath, command, { stdio: ["pipe", "pipe", "inherit"] });
}

describe("train", () => {
  it("leaves a whole run behind and says everything in events", () => {
    const left =
      "artifacts checkpoints config.json events.jsonl model predictions.bin report.html report.json report.md";
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

  it("writes a model that gives the same probabilities from the pictures alone", async () => {
    const run = newRun();
    await train(configOf({ epochs: 1 }), optionsFor(run));
    const predictions = decodePredictions(readFileSync(join(run, "predictions.bin")));
    const classifier = await loadClassifier(join(run, "model"));
    const pictures = SQUARE_CLASSES.map((_, label) => {
      // The test pictures were drawn after the 200 training ones.
      return { data: drawSquare(label, 200 + label), height: 8, width: 8, channels: 3 };
    });
    const probabilities = await classifier.predict(pictures);
    classifier.dispose();
    expect([...predictions.labels.slice(0, 3)]).toEqual([0, 1, 2]);
    predictions.probabilities
      .slice(0, 9)
      .forEach((probability, i) => expect(probabilities[i]).toBeCloseTo(probability, 5));
  });

  it("shows the worst mistakes as pictures on the page", async () => {
    const run = newRun();
    const { report } = await train(configOf({ epochs: 1, learningRate: 1e-6 }), optionsFor(run));
    expect(report!.worstMistakes.length).toBeGreaterThan(0);
    const page = readFileSync(join(run, "report.html"), "utf8");
    expect(page.match(/src="data:image\/png;base64,/g)).toHaveLength(report!.worstMistakes.length);
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

  it("ends as failed when the loss is no number any more", async () => {
    const run = newRun();
    const { status, reason, report } = await train(configOf({ learningRate: 1e30 }), optionsFor(run));
    expect(status).toBe("failed");
    expect(reason).toMatch(/^loss became (NaN|Infinity) at step \d+/);
    expect(report).toBeUndefined();
    expect(journalOf(run).at(-1)).toMatchObject({ type: "runEnded", status: "failed", reason });
    expect(existsSync(join(run, "report.json"))).toBe(false);
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
    await expect(train(configOf({ data, earlyStopping }), optionsFor(newRun()))).rejects.toThrow(
      UnknownMetricError,
    );
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

describe("resume", () => {
  it("goes on after the signal as if it had never come", async () => {
    const cut = newRun();

    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 17) controller.abort(new Error("SIGINT"));
    };
    const first = await train(configOf(), optionsFor(cut, { signal: controller.signal, onEvent }));
    expect(first).toMatchObject({ status: "interrupted", reason: "SIGINT" });
    expect(first.report).toBeUndefined();
    const second = await resume(cut, optionsFor(cut));
    expect(second.status).toBe("completed");
    expect(await lastWeights(cut)).toEqual(await lastWeights(whole));

    const events = journalOf(cut);
    expect(eventsOf(events, "resumed")).toMatchObject([{ attempt: 2, fromStep: 17, fromEpoch: 1 }]);
    expect(eventsOf(events, "runStarted")).toHaveLength(1);
    const curve = (run: string) =>
      historyOf(journalOf(run)).map(({ epoch, step, logs }) => ({ epoch, step, logs }));
    expect(curve(cut)).toEqual(curve(whole));
    expect(readFileSync(join(cut, "report.json"))).toEqual(readFileSync(join(whole, "report.json")));
  });

  it("goes on after SIGKILL in the middle of an epoch as if it had never come", async () => {
    const killed = newRun();
    const first = startChild("train", killed, JSON.stringify(configOf()), "17");
    // The child says the number of each step once it stands in the journal, and waits after this one.
    for await (const line of createInterface(first.stdout)) if (line === "17") break;
    for (const work of [resume, evaluateRun]) {
      const refusal = await work(killed, optionsFor(killed)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(RunBusyError);
      expect(refusal).toMatchObject({ pid: first.pid });
      expect((refusal as Error).message).toContain(`process ${first.pid} is at work on`);
    }
    first.kill("SIGKILL");
    const [code, signal] = (await once(first, "exit")) as [number | null, string | null];
    expect([code, signal]).toEqual([null, "SIGKILL"]);
    // Whatever the moment did to the last line, this is worse.
    appendFileSync(join(killed, "events.jsonl"), `{"type":"step","ep`);

    const second = startChild("resume", killed);
    expect((await once(second, "exit"))[0]).toBe(0);
    expect(await lastWeights(killed)).toEqual(await lastWeights(whole));
    const events = journalOf(killed);
    const [resumed] = eventsOf(events, "resumed");
    expect(resumed).toMatchObject({ fromStep: 15, fromEpoch: 1 });
    expect(eventsOf(events, "message").map(({ text }) => text)).toContainEqual(
      expect.stringContaining("18 bytes"),
    );
    expect(historyOf(events).map(({ epoch, logs }) => [epoch, logs])).toEqual(
      historyOf(journalOf(whole)).map(({ epoch, logs }) => [epoch, logs]),
    );
  });

  it("lets one of two that come at once go on", async () => {
    const run = newRun();
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 17) controller.abort(new Error("SIGINT"));
    };
    await train(configOf(), optionsFor(run, { signal: controller.signal, onEvent }));
    const outcomes = await Promise.allSettled([1, 2].map(() => resume(run, optionsFor(run))));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toBeInstanceOf(RunBusyError);
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
    expect(eventsOf(journalOf(run), "resumed")).toHaveLength(1);
    expect(readdirSync(run)).not.toContain("attempt.lock");
  });

  it("starts from the beginning where nothing was saved yet", async () => {
    const cut = newRun();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") throw new Error("the receiver failed");
    };
    await expect(train(configOf(), optionsFor(cut, { onEvent }))).rejects.toThrow("the receiver failed");
    expect(readdirSync(join(cut, "checkpoints"))).toEqual([]);
    expect((await resume(cut, optionsFor(cut))).status).toBe("completed");
    expect(eventsOf(journalOf(cut), "resumed")).toMatchObject([{ fromStep: 0, fromEpoch: 0 }]);
    expect(await lastWeights(cut)).toEqual(await lastWeights(whole));
  });

  it("only judges what the signal cut short while judging", async () => {
    const run = newRun();
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "checkpointSaved" && event.step === 24 && event.kind === "last") controller.abort();
    };
    const first = await train(configOf(), optionsFor(run, { signal: controller.signal, onEvent }));
    expect(first.status).toBe("interrupted");
    const steps = eventsOf(journalOf(run), "step").length;
    const second = await resume(run, optionsFor(run));
    expect(second.report!.testCount).toBe(40);
    expect(eventsOf(journalOf(run), "step")).toHaveLength(steps);
  });

  it("says that another engine gives other weights", async () => {
    const run = newRun();
    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") controller.abort();
    };
    await train(configOf({ epochs: 1 }), optionsFor(run, { signal: controller.signal, onEvent }));
    const engine = { name: "native", device: "test", threads: 2, versions: {} } as const;
    await resume(run, optionsFor(run, { engine }));
    const [{ level, text } = { level: null, text: "" }] = eventsOf(journalOf(run), "message");
    expect(level).toBe("warning");
    expect(text).toContain("cpu with 1 thread and goes on with native with 2 threads");
  });

  it("refuses a finished run", async () => {
    const journal = readFileSync(join(whole, "events.jsonl"));
    await expect(resume(whole, optionsFor(whole))).rejects.toThrow(RunFinishedError);
    expect(readFileSync(join(whole, "events.jsonl"))).toEqual(journal);
  });

  it("refuses changed data and a damaged checkpoint", async () => {
    const squares = join(root, "changing");
    writeSquares(squares, { train: 60, test: 20 });
    const run = newRun();
    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "step") controller.abort();
    };
    const config = configOf({ data: { source: squares, validationFraction: 0.2 } });
    await train(config, optionsFor(run, { signal: controller.signal, onEvent }));

    writeSquares(squares, { train: 61, test: 20 });
    await expect(resume(run, optionsFor(run))).rejects.toThrow(ContentHashMismatchError);

    writeSquares(squares, { train: 60, test: 20 });
    const checkpoint = join(run, "checkpoints/last/checkpoint.safetensors");
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, -100));
    await expect(resume(run, optionsFor(run))).rejects.toThrow(CheckpointCorruptError);
  });
});

describe("evaluateRun", () => {
  it("writes the same reports again", async () => {
    const run = whole;
    const names = ["predictions.bin", "report.json", "report.html", "report.md"];
    const before = names.map((name) => readFileSync(join(run, name)));
    names.forEach((name) => rmSync(join(run, name)));
    const { report, runId } = await evaluateRun(run, optionsFor(run));
    expect(runId).toBe(basename(run));
    expect(report.testCount).toBe(40);
    expect(names.map((name) => readFileSync(join(run, name)))).toEqual(before);
  });

  it("refuses a run without a best checkpoint", async () => {
    const run = newRun();
    const { status } = await train(configOf({ learningRate: 1e30 }), optionsFor(run));
    expect(status).toBe("failed");
    await expect(evaluateRun(run, optionsFor(run))).rejects.toThrow(NothingToJudgeError);
  });

  it("refuses a run that failed before it began, whatever was wrong with it", async () => {
    const run = newRun();
    const model = { name: "no-such-network" };
    await expect(train(configOf({ model }), optionsFor(run))).rejects.toThrow("no-such-network");
    await expect(evaluateRun(run, optionsFor(run))).rejects.toThrow(
      `Resume it first: convkit resume ${basename(run)}`,
    );
  });
});
