import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { squaresLoader } from "../test/squares.js";
import {
  abortAfter,
  eventsOf,
  stepCounter,
  trainSquares,
  type Trained,
  type TrainSquaresOptions,
} from "../test/train-squares.js";
import type { Callback } from "./callback.js";
import { loadCheckpoint, type Checkpoint } from "./checkpoint.js";
import { checkpoints } from "./checkpoints.js";
import { earlyStopping } from "./early-stopping.js";

const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "convkit-checkpoints-"));
  folders.push(folder);
  return folder;
}
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

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
