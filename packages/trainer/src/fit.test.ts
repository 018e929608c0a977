import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Loader } from "@convkit/data";
import { Rng } from "@convkit/random";
import { OptimizerSpec, type EmaSpec, type LookaheadSpec, type TrainEventBody } from "@convkit/schema";
import { createSchedule } from "@convkit/schema/schedule";
import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { buildSmallNetwork } from "../test/small-network.js";
import { squaresLoader } from "../test/squares.js";
import type { Callback, Ending } from "./callback.js";
import { loadCheckpoint, type Checkpoint } from "./checkpoint.js";
import { checkpoints } from "./checkpoints.js";
import { earlyStopping } from "./early-stopping.js";
import { fit, updatesPerEpoch, type FitOptions } from "./fit.js";
import { createLoss } from "./loss.js";
import { readVariables, weightsByName } from "./named-tensors.js";
import { createOptimizer } from "./optimizer.js";
import type { NamedArrays } from "./safetensors.js";
import { exponentialMovingAverage, lookahead } from "./weight-averages.js";
import { terminateOnNaN } from "./terminate-on-nan.js";

/** 20 steps an epoch, the last of 2 pictures. */
const COUNT = 154;
const BATCH = 8;

interface Trained {
  ending: Ending;
  events: TrainEventBody[];
  weights: NamedArrays;
}

interface TrainSquaresOptions extends Partial<Omit<FitOptions, "averages">> {
  learningRate?: number;
  optimizerSpec?: unknown;
  batchSize?: number;
  ema?: EmaSpec;
  lookahead?: LookaheadSpec;
}

async function trainSquares(options: TrainSquaresOptions = {}): Promise<Trained> {
  const { learningRate = 0.05, optimizerSpec = { name: "sgd" }, batchSize = BATCH, ...more } = options;
  const { epochs = 2, ema, lookahead: slow, ...rest } = more;
  const model = options.model ?? buildSmallNetwork();
  const loader = squaresLoader(COUNT, batchSize);
  const totalSteps = epochs * updatesPerEpoch(loader, options.accumulate ?? 1);
  const averaged = weightsByName(model);
  const averages = [
    ...(ema ? [exponentialMovingAverage(ema, averaged)] : []),
    ...(slow ? [lookahead(slow, averaged, totalSteps)] : []),
  ];
  const optimizer = createOptimizer(OptimizerSpec.parse(optimizerSpec), weightsByName(model, "trainable"));
  const events: TrainEventBody[] = [];
  const ending = await fit({
    model,
    loader,
    optimizer,
    epochs,
    schedule: createSchedule(
      { name: "cosine", warmupFraction: 0.1, finalFactor: 0 },
      { learningRate, totalSteps },
    ),
    averages,
    rng: Rng.fromSeed(0),
    emit: (event) => void events.push(event),
    ...rest,
  });
  const weights = await readVariables(weightsByName(model));
  averages.forEach((average) => average.dispose());
  optimizer.dispose();
  model.dispose();
  return { ending, events, weights };
}

function eventsOf<Type extends TrainEventBody["type"]>(events: TrainEventBody[], type: Type) {
  return events.filter((event): event is Extract<TrainEventBody, { type: Type }> => event.type === type);
}

/** Aborts once `step` updates are done. */
function abortAfter(step: number, controller: AbortController): Callback {
  return {
    name: "abortAfter",
    onStepEnd: (context) => {
      if (context.step === step) controller.abort(new Error("SIGINT"));
    },
  };
}

/** A callback with state. */
function stepCounter(): Callback<{ steps: number }> {
  let state = { steps: 0 };
  return {
    name: "stepCounter",
    onStepEnd: () => void (state = { steps: state.steps + 1 }),
    getState: () => state,
    setState: (saved) => void (state = saved),
  };
}

const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "convkit-fit-"));
  folders.push(folder);
  return folder;
}
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

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

const AVERAGES = {
  ema: { decay: 0.9, warmup: true },
  lookahead: { everySteps: 5, slowShare: 0.5, power: 3 },
} as const;

describe("resuming", () => {
  it.each<[string, string, number, Partial<TrainSquaresOptions>?]>([
    ["in the middle of the first epoch", "sgd", 7],
    ["after an epoch's last step, before its validation", "sgd", 20],
    ["in the middle of the second epoch", "adamw", 33],
    ["in the middle of the second epoch", "adam", 33],
    ["in the middle of the second epoch", "rmsprop", 33],
    ["in the middle of the second epoch", "lion", 33],
    ["in the middle of the second epoch", "muon", 33],
    ["with averages, between two moves of the slow weights", "sgd", 33, AVERAGES],
    [
      "with accumulated batches",
      "adamw",
      9,
      { accumulate: 3, clipping: { name: "norm", limit: 0.1 } } as const,
    ],
  ])(
    "%s, with %s, gives the weights and logs of an uninterrupted run",
    async (_, name, step, more: Partial<TrainSquaresOptions> = {}) => {
      const common = { optimizerSpec: { name }, validationLoader: squaresLoader(30, 16), ...more };
      const whole = await trainSquares(common);

      const folder = makeFolder();
      const controller = new AbortController();
      const saving = () => checkpoints({ folder, best: { monitor: "val_accuracy", mode: "max" } });
      const counting = stepCounter();
      const first = await trainSquares({
        ...common,
        signal: controller.signal,
        callbacks: [abortAfter(step, controller), stepCounter(), saving()],
      });
      expect(first.ending).toEqual({ status: "interrupted", reason: "SIGINT" });
      const resumeFrom = await loadCheckpoint(join(folder, "last"));
      expect(resumeFrom!.state.step).toBe(step);
      const second = await trainSquares({ ...common, resumeFrom, callbacks: [counting, saving()] });

      expect(second.ending.status).toBe("completed");
      expect(second.weights).toEqual(whole.weights);
      expect(counting.getState!()).toEqual({ steps: "accumulate" in more ? 14 : 40 });
      const logsOf = ({ events }: Trained) =>
        eventsOf(events, "epochEnded").map(({ epoch, logs }) => [epoch, logs]);
      expect([...logsOf(first), ...logsOf(second)]).toEqual(logsOf(whole));
    },
  );

  it("does not train on after early stopping", async () => {
    let stopped: Checkpoint | null = null;
    const keepLast: Callback = {
      name: "keepLast",
      onEpochEnd: async ({ snapshot }) => void (stopped = await snapshot()),
    };
    const stopAtOnce = earlyStopping({ monitor: "loss", patience: 1, minDelta: 100 });
    const first = await trainSquares({ epochs: 5, callbacks: [stopAtOnce, keepLast] });
    const reason = expect.stringMatching(/^loss has not improved on .* for 1 epochs$/) as string;
    expect(first.ending).toEqual({ status: "stopped", reason });
    expect(eventsOf(first.events, "epochEnded")).toHaveLength(2);

    const second = await trainSquares({ epochs: 5, resumeFrom: stopped });
    expect(second.ending).toEqual(first.ending);
    expect(second.events).toEqual([]);
  });
});

describe("terminateOnNaN", () => {
  it("fails the run at the step whose loss is no number, before anything is saved", async () => {
    const folder = makeFolder();
    const { ending, events } = await trainSquares({
      learningRate: 1e30,
      callbacks: [terminateOnNaN(), checkpoints({ folder, best: null, every: { steps: 1 } })],
    });
    expect(ending.status).toBe("failed");
    expect(ending.reason).toMatch(/^loss became (NaN|Infinity) at step \d+ \(epoch 1, learning rate .*\)/);
    const lastStep = eventsOf(events, "step").at(-1)!;
    expect(Number.isFinite(lastStep.logs.loss)).toBe(false);
    const saved = await loadCheckpoint(join(folder, "last"));
    expect(saved!.state.step).toBe(lastStep.step - 1);
  });
});

describe("checkpoints", () => {
  it("saves `last` every so many steps and at each epoch's end, `best` where the metric improved", async () => {
    const saved: string[] = [];
    const values = [0.5, 0.9, 0.7];
    // Stands before `checkpoints` and gives it a metric with known values.
    const callback = checkpoints({
      folder: makeFolder(),
      best: { monitor: "val_accuracy", mode: "max" },
      every: { steps: 8 },
      onSaved: ({ kind, epoch, step }) => saved.push(`${kind} ${epoch} ${step}`),
    });
    const withKnownMetric: Callback = {
      ...callback,
      onEpochEnd: (context) =>
        callback.onEpochEnd!({ ...context, logs: { val_accuracy: values[context.epoch - 1]! } }),
    };
    await trainSquares({ epochs: 3, callbacks: [withKnownMetric] });
    expect(saved).toEqual([
      "last 1 8",
      "last 1 16",
      "best 1 20",
      "last 1 20",
      "last 2 28",
      "last 2 36",
      "best 2 40",
      "last 2 40",
      "last 3 48",
      "last 3 56",
      "last 3 60",
    ]);
  });

  it("keeps the newest of those it takes every so many steps, each of which a run goes on from exactly", async () => {
    const folder = makeFolder();
    const saved: string[] = [];
    const folders: string[][] = [];
    const keeping = checkpoints({
      folder,
      best: null,
      everySteps: 8,
      keep: 2,
      onSaved: ({ kind, step }) => {
        saved.push(`${kind} ${step}`);
        folders.push(readdirSync(folder).filter((name) => name.startsWith("step-")));
      },
    });
    const whole = await trainSquares({ epochs: 2, callbacks: [keeping] });
    expect(saved).toEqual([
      "step 8",
      "step 16",
      "best 20",
      "last 20",
      "step 24",
      "step 32",
      "step 40",
      "best 40",
      "last 40",
    ]);
    // The newer one is on the disk before the oldest goes.
    expect(folders[4]).toEqual(["step-000008", "step-000016", "step-000024"]);
    expect(readdirSync(folder)).toEqual(["best", "last", "step-000032", "step-000040"]);
    const resumeFrom = await loadCheckpoint(join(folder, "step-000032"));
    expect((await trainSquares({ epochs: 2, resumeFrom })).weights).toEqual(whole.weights);
  });

  it("takes every epoch as the best where no metric says otherwise", async () => {
    const folder = makeFolder();
    await trainSquares({ epochs: 2, callbacks: [checkpoints({ folder, best: null })] });
    expect((await loadCheckpoint(join(folder, "best")))!.state.step).toBe(40);
  });
});
