import type { Loader } from "@convkit/data";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { squaresLoader } from "../test/squares.js";
import { BATCH, COUNT, eventsOf, stepCounter, trainSquares, type Trained } from "../test/train-squares.js";
import type { Callback } from "./callback.js";
import { createLoss } from "./loss.js";

describe("fit", () => {
  it("learns, and says so epoch by epoch", async () => {
    const { ending, events } = await trainSquares({
      epochs: 3,
      validationLoader: squaresLoader(30, 16),
      loss: createLoss({ name: "cross-entropy", labelSmoothing: 0.1, classWeights: null }),
    });
    expect(ending).toEqual({ status: "completed", reason: "3 epochs done" });
    const ended = eventsOf(events, "epochEnded");
    expect(ended.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 20],
      [2, 40],
      [3, 60],
    ]);
    expect(Object.keys(ended[2]!.logs)).toEqual([
      "loss",
      "accuracy",
      "val_loss",
      "val_accuracy",
      "learning_rate",
    ]);
    expect(ended[2]!.logs.val_accuracy).toBeGreaterThan(0.9);
    expect(ended[2]!.logs.val_loss).toBeLessThan(ended[0]!.logs.val_loss!);
    expect(ended[2]!.logs.loss).toBeLessThan(ended[0]!.logs.loss!);
  });

  it("averages an epoch's logs over pictures, whatever the size of the last batch", async () => {
    const { events } = await trainSquares({ epochs: 1 });
    const steps = eventsOf(events, "step");
    const sizes = steps.map(({ step }) => (step === 20 ? 2 : BATCH));
    const mean = (key: string) => steps.reduce((sum, { logs }, i) => sum + logs[key]! * sizes[i]!, 0) / COUNT;
    const { logs } = eventsOf(events, "epochEnded")[0]!;
    expect(logs.loss).toBeCloseTo(mean("loss"), 10);
    expect(logs.accuracy).toBeCloseTo(mean("accuracy"), 10);
    expect(logs.learning_rate).toBe(steps[19]!.logs.learning_rate);
  });

  it("says of each epoch how long it waited for data, by a clock of the test's own", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const slow = (batchMs: number, count: number): Loader => {
      const loader = squaresLoader(count, BATCH);
      return {
        ...loader,
        async *epoch(epoch, options) {
          for await (const batch of loader.epoch(epoch, options)) {
            vi.advanceTimersByTime(batchMs);
            yield batch;
          }
        },
      };
    };
    const inUse: Callback = { name: "inUse", onStepEnd: () => void vi.advanceTimersByTime(50) };
    const { events } = await trainSquares({
      loader: slow(20, 24),
      validationLoader: slow(5, 16),
      callbacks: [inUse],
    });
    const [first, second] = eventsOf(events, "epochEnded");
    for (const event of [first, second]) {
      expect(event).toMatchObject({ dataWaitMs: 3 * 20 + 2 * 5, durationMs: 3 * 70 + 2 * 5 });
      // What callbacks monitor is of the network, the same in every run of a config.
      expect(Object.keys(event!.logs)).toEqual([
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "learning_rate",
      ]);
    }
  });

  it("throttles step events by count", async () => {
    const loader = squaresLoader(250, 1);
    const { events } = await trainSquares({ epochs: 1, loader });
    const steps = eventsOf(events, "step").map(({ step }) => step);
    // ⌈250 / 100⌉ = 3: the first, every third, the last.
    expect(steps).toEqual([1, ...Array.from({ length: 83 }, (_, i) => 3 * (i + 1)), 250]);
  });

  it("gives the same weights twice, bit for bit", async () => {
    const [first, second] = [await trainSquares(), await trainSquares()];
    expect(second.weights).toEqual(first.weights);
  });

  it.each(["sgd", "adamw", "muon"])("leaves no tensor behind per step with %s", async (name) => {
    const counts: number[] = [];
    const counter: Callback = { name: "counter", onStepEnd: () => void counts.push(tf.memory().numTensors) };
    await trainSquares({
      epochs: 2,
      callbacks: [counter],
      validationLoader: squaresLoader(10, 5),
      optimizerSpec: { name },
    });
    expect(counts).toHaveLength(40);
    expect(new Set(counts).size).toBe(1);
  });
});

describe("accumulated batches", () => {
  /** Nothing in it depends on the batch as a whole. */
  function buildPlainNetwork(): tf.LayersModel {
    const kernelInitializer = tf.initializers.heNormal({ seed: 1 });
    return tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 3] }),
        tf.layers.dense({ name: "logits", units: 3, kernelInitializer }),
      ],
    });
  }

  it("make the update of one batch as large as all of them, the epoch's shorter last one too", async () => {
    const large = await trainSquares({ model: buildPlainNetwork(), batchSize: 32 });
    const small = await trainSquares({ model: buildPlainNetwork(), batchSize: 8, accumulate: 4 });
    // 154 pictures: 20 batches of 8, the last of 2; 5 updates, the last of 26 pictures.
    const stepsOf = ({ events }: Trained) => eventsOf(events, "step").map(({ step }) => step);
    expect(stepsOf(small)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(stepsOf(small)).toEqual(stepsOf(large));
    for (const [name, { data }] of Object.entries(large.weights)) {
      data.forEach((value, i) => expect(small.weights[name]!.data[i]).toBeCloseTo(value, 5));
    }
    const logsOf = ({ events }: Trained) => eventsOf(events, "epochEnded").map(({ logs }) => logs);
    logsOf(large).forEach((logs, i) => {
      expect(logsOf(small)[i]!.loss).toBeCloseTo(logs.loss!, 5);
      expect(logsOf(small)[i]!.accuracy).toBe(logs.accuracy);
    });
  });

  it("leave no tensor behind", async () => {
    const counts: number[] = [];
    const counter: Callback = { name: "counter", onStepEnd: () => void counts.push(tf.memory().numTensors) };
    await trainSquares({
      accumulate: 3,
      clipping: { name: "global-norm", limit: 0.1 },
      callbacks: [counter],
    });
    expect(counts).toHaveLength(14);
    expect(new Set(counts).size).toBe(1);
  });
});

describe("gradient clipping", () => {
  it("bounds how far one step of plain descent goes", async () => {
    const { weights: before } = await trainSquares({ learningRate: 1e-30, epochs: 1, batchSize: COUNT });
    const { weights: after } = await trainSquares({
      learningRate: 1,
      epochs: 1,
      batchSize: COUNT,
      optimizerSpec: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
      clipping: { name: "global-norm", limit: 0.01 },
    });
    const trained = ["conv/kernel", "norm/gamma", "norm/beta", "logits/kernel", "logits/bias"];
    const squares = trained.flatMap((name) =>
      [...after[name]!.data].map((value, i) => (value - before[name]!.data[i]!) ** 2),
    );
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square))).toBeCloseTo(0.01, 5);
  });
});

describe("averaged weights", () => {
  it("are what is validated, beside the trained ones, which training goes on with", async () => {
    const validationLoader = squaresLoader(30, 16);
    const plain = await trainSquares({ validationLoader });
    const averaged = await trainSquares({ validationLoader, ema: { decay: 0.9, warmup: true } });
    expect(averaged.weights).toEqual(plain.weights);
    const [logs, plainLogs] = [averaged, plain].map(({ events }) => eventsOf(events, "epochEnded")[1]!.logs);
    expect(logs!.raw_val_loss).toBe(plainLogs!.val_loss);
    expect(logs!.raw_val_accuracy).toBe(plainLogs!.val_accuracy);
    expect(logs!.val_loss).not.toBe(plainLogs!.val_loss);
    expect(logs!.val_accuracy).toBeGreaterThan(0.5);
  });
});

it("refuses two callbacks of one name, whose states would mix in a checkpoint", async () => {
  const callbacks = [stepCounter(), stepCounter()];
  await expect(trainSquares({ callbacks })).rejects.toThrow('Received: "stepCounter" twice');
});
