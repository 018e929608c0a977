import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Loader } from "@convkit/data";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it, onTestFinished } from "vitest";
import { squaresLoader } from "../test/squares.js";
import { abortAfter, BATCH, COUNT, trainSquares, type TrainSquaresOptions } from "../test/train-squares.js";
import type { Callback, CallbackContext } from "./callback.js";
import { loadCheckpoint } from "./checkpoint.js";
import { checkpoints } from "./checkpoints.js";
import { usualStepsInFlight } from "./steps-in-flight.js";
import { terminateOnNaN, type RuinedBatch } from "./terminate-on-nan.js";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "convkit-flight-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

type Heard = Pick<CallbackContext, "epoch" | "step" | "logs" | "isLatest"> & {
  readonly ids: readonly string[];
};

/** Of the steps that it does not need it may hear later. */
function listener(heard: Heard[], needsStep: (step: number) => boolean = () => false): Callback {
  return {
    name: "listener",
    needsStep,
    onStepEnd: ({ epoch, step, logs, isLatest, batchIds }) =>
      void heard.push({ epoch, step, logs, isLatest, ids: batchIds() }),
  };
}

/** What a run tells, without its times. */
async function told(stepsInFlight: number, options: TrainSquaresOptions = {}) {
  const heard: Heard[] = [];
  const callbacks = [listener(heard), ...(options.callbacks ?? [])];
  const { ending, events, weights } = await trainSquares({ ...options, callbacks, stepsInFlight });
  const timeless = events.map((event) => ({ ...event, imagesPerSecond: 0, durationMs: 0, dataWaitMs: 0 }));
  return { ending, weights, events: timeless, heard: heard.map((one) => ({ ...one, isLatest: null })) };
}

/** Hands out the same memory again and again, as a loader with workers does. */
function recyclingLoader(): Loader {
  const loader = squaresLoader(COUNT, BATCH);
  return {
    ...loader,
    async *epoch(epoch, options) {
      for await (const batch of loader.epoch(epoch, options)) {
        yield batch;
        batch.images.fill(Number.NaN);
        batch.labels.fill(0);
      }
    },
  };
}

describe("steps in flight", () => {
  it.each([3, 50])("tell, log and train what one by one do, %i at a time", async (most) => {
    const options = { validationLoader: squaresLoader(30, 16), ema: { decay: 0.9, warmup: false } };
    expect(await told(most, options)).toEqual(await told(1, options));
  });

  it("do so with accumulated batches, too, and a last update that is shorter", async () => {
    const options = { accumulate: 3, clipping: { name: "global-norm", limit: 0.1 } } as const;
    const [several, single] = [await told(4, options), await told(1, options)];
    expect(several).toEqual(single);
    const epoch = [24, 24, 24, 24, 24, 24, 10];
    expect(several.heard.map(({ ids }) => ids.length)).toEqual([...epoch, ...epoch]);
  });

  it("leave a batch's memory to its loader", async () => {
    const loader = recyclingLoader();
    expect(await told(4, { loader })).toEqual(await told(1));
  });

  it("are on their way, but for those that a callback needs", async () => {
    const heard: Heard[] = [];
    const needed = listener(heard, (step) => step === 10);
    await trainSquares({ epochs: 1, stepsInFlight: 4, callbacks: [needed] });
    expect(heard.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(heard.filter(({ isLatest }) => isLatest).map(({ step }) => step)).toEqual([10, 20]);
    const exact: Heard[] = [];
    const { name, onStepEnd } = listener(exact);
    await trainSquares({ epochs: 1, stepsInFlight: 4, callbacks: [{ name, onStepEnd: onStepEnd! }] });
    expect(exact.every(({ isLatest }) => isLatest)).toBe(true);
  });

  it("name the step and the pictures that ruined a run, and save nothing after it", async () => {
    const ruin = async (stepsInFlight: number) => {
      const folder = makeFolder();
      const ruined: RuinedBatch[] = [];
      const onRuined = (batch: RuinedBatch) => void ruined.push(batch);
      const { ending, events, heard } = await told(stepsInFlight, {
        learningRate: 1e30,
        callbacks: [terminateOnNaN({ onRuined }), checkpoints({ folder, best: null, everySteps: 3 })],
      });
      return { ending, events, heard, ruined, saved: await readdir(folder) };
    };
    const [several, single] = [await ruin(4), await ruin(1)];
    expect(several).toEqual(single);
    expect(several.ending.status).toBe("failed");
    expect(several.ruined[0]!.ids).toHaveLength(BATCH);
  });

  it("end a run that fails while several are on their way at the step that failed it", async () => {
    const ruin = async (stepsInFlight: number) => {
      const { ending, events, heard } = await told(stepsInFlight, {
        learningRate: 1e30,
        callbacks: [terminateOnNaN()],
      });
      return { ending, events, heard };
    };
    expect(await ruin(4)).toEqual(await ruin(1));
  });

  it("are all counted where a signal ends training, and a checkpoint is whole", async () => {
    const folder = makeFolder();
    const controller = new AbortController();
    const { ending, heard } = await told(4, {
      signal: controller.signal,
      callbacks: [abortAfter(7, controller), checkpoints({ folder, best: null })],
    });
    expect(ending.status).toBe("interrupted");
    expect(heard.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const resumeFrom = await loadCheckpoint(join(folder, "last"));
    const whole = await told(4);
    const { weights } = await told(4, { resumeFrom });
    expect(weights).toEqual(whole.weights);
  });

  it("refuse a snapshot of a step behind which others have begun", async () => {
    const hasty: Callback = {
      name: "hasty",
      needsStep: () => false,
      onStepEnd: async ({ snapshot }) => void (await snapshot()),
    };
    await expect(trainSquares({ stepsInFlight: 4, callbacks: [hasty] })).rejects.toThrow(
      "Received: one of step 1. Let the callback's `needsStep` say so",
    );
  });

  it("leave no tensor behind", async () => {
    const before = tf.memory().numTensors;
    await trainSquares({ stepsInFlight: 4, epochs: 1 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("are several where the backend computes behind the program", () => {
  expect(usualStepsInFlight() > 1).toBe(tf.getBackend() === "webgpu");
});
