/** Runs that go on where another one's checkpoint is: exactly, otherwise, or not at all. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunConfig, RunConfigInput, TrainEvent } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  eventsOf,
  journalOf,
  lastWeights,
  runOptions as optionsFor,
  squaresConfig,
} from "../test/squares-run.js";
import { writeShapes } from "../test/write-shapes.js";
import { writeSquares } from "../test/write-squares.js";
import { CheckpointCorruptError, loadCheckpoint } from "./checkpoint.js";
import { ForkError } from "./fork.js";
import { historyOf } from "./history.js";
import { resume, train } from "./train.js";

let root: string;
/** Two epochs of 12 steps with everything that a checkpoint keeps; kept are `last` (24), `best`, and steps 14 and 21. */
let source: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-fork-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
  const watch =
    "export default () => { let n = 0; return { onStepEnd() { n += 1; }, getState: () => n, setState: (s) => void (n = s) }; };";
  writeFileSync(join(root, "watch.mjs"), watch);
  source = newRun();
  await train(configOf(), optionsFor(source));
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) =>
  squaresConfig(join(root, "squares"), {
    optimizer: { name: "adamw" },
    ema: { decay: 0.9 },
    callbacks: [{ module: join(root, "watch.mjs") }],
    checkpoint: { monitor: "val_loss", everySteps: 7, keep: 2 },
    ...more,
  });
const forkOf = (step: number | "last" | "best", more: Partial<RunConfigInput> = {}) =>
  configOf({ forkedFrom: { runId: "run-1", step }, ...more });

let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);
const storedConfig = (run: string) => JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as RunConfig;
const bytesOf = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))]),
  );

describe("a fork", () => {
  it("with nothing changed goes on within an epoch as its source did, and leaves that as it is", async () => {
    const before = bytesOf(source);
    const fork = newRun();
    expect((await train(forkOf(14), optionsFor(fork))).status).toBe("completed");
    expect(await lastWeights(fork)).toEqual(await lastWeights(source));
    const [ended, whole] = [fork, source].map((run) => loadCheckpoint(join(run, "checkpoints/last")));
    const { rng, dropout, callbacks } = (await ended!)!.state;
    expect({ rng, dropout }).toEqual({
      rng: (await whole!)!.state.rng,
      dropout: (await whole!)!.state.dropout,
    });
    expect(callbacks["watch.mjs"]).toBe(24);
    const curve = ({ epoch, step, logs }: ReturnType<typeof historyOf>[number]) => ({ epoch, step, logs });
    expect(historyOf(journalOf(fork)).map(curve)).toEqual(historyOf(journalOf(source)).slice(1).map(curve));
    expect(bytesOf(source)).toEqual(before);
  });

  it("says in its journal and config where it comes from, by the step that `last` was of", async () => {
    const fork = newRun();
    await train(forkOf("last", { epochs: 3 }), optionsFor(fork));
    expect(storedConfig(fork).forkedFrom).toEqual({ runId: "run-1", step: 24 });
    const events = journalOf(fork);
    expect(eventsOf(events, "runStarted")).toMatchObject([
      { config: { forkedFrom: { runId: "run-1", step: 24 } } },
    ]);
    expect(eventsOf(events, "message")[0]!.text).toMatch(/^Forked from run-1 at step 24: /);
    expect(eventsOf(events, "step").at(0)).toMatchObject({ step: 25, epoch: 3 });
    const again = newRun();
    await train(storedConfig(fork), optionsFor(again));
    expect(await lastWeights(again)).toEqual(await lastWeights(fork));
  });

  it("trains on by its own rate, from the source's place in the schedule", async () => {
    const fork = newRun();
    const schedule = { name: "step" as const, milestones: [3], gamma: 0.5 };
    await train(forkOf(21, { epochs: 4, learningRate: 0.004, schedule }), optionsFor(fork));
    const rates = eventsOf(journalOf(fork), "step").map(({ step, logs }) => [step, logs["learning_rate"]]);
    // 21 steps are done of 48; three epochs end with step 36.
    expect(rates).toHaveLength(27);
    expect(rates[0]).toEqual([22, 0.004]);
    expect(rates.slice(14, 16)).toEqual([
      [36, 0.004],
      [37, 0.002],
    ]);
    expect(await lastWeights(fork)).not.toEqual(await lastWeights(source));
  });

  it("takes the falls of a plateau over with the source's rate, and begins at another as it is", async () => {
    const schedule = { name: "reduce-on-plateau", patience: 1, minDelta: 9, factor: 0.25 } as const;
    // The second epoch is no better by 9: from then on a quarter of it.
    await train(configOf({ learningRate: 0.004, schedule }), optionsFor(newRun()));
    const forkedFrom = { runId: `run-${runs}`, step: "last" } as const;
    const firstRate = async (learningRate: number) => {
      const fork = newRun();
      await train(configOf({ epochs: 3, learningRate, schedule, forkedFrom }), optionsFor(fork));
      return eventsOf(journalOf(fork), "step")[0]!.logs["learning_rate"];
    };
    expect(await firstRate(0.004)).toBe(0.001);
    expect(await firstRate(0.002)).toBe(0.002);
  });

  it("goes on after the signal by itself, its source being gone", async () => {
    mkdirSync(join(root, "apart"));
    const gone = join(root, "apart/gone");
    cpSync(source, gone, { recursive: true });
    const fork = join(root, "apart/fork");
    const controller = new AbortController();
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === "runStarted") controller.abort(new Error("SIGINT"));
    };
    const config = configOf({ forkedFrom: { runId: "gone", step: 14 } });
    const options = { signal: controller.signal, onEvent, home: `${source}-home` };
    expect((await train(config, optionsFor(fork, options))).status).toBe("interrupted");
    rmSync(gone, { recursive: true });
    expect((await resume(fork, optionsFor(fork))).status).toBe("completed");
    expect(await lastWeights(fork)).toEqual(await lastWeights(source));
    expect(eventsOf(journalOf(fork), "resumed")).toHaveLength(1);
  });

  it("begins at the checkpoint that it was let in with, if its source keeps another by then", async () => {
    const moving = newRun();
    cpSync(source, moving, { recursive: true });
    const fork = newRun();
    const options = {
      ...optionsFor(fork),
      // Asked for once the new run's folder is there, too.
      get signal() {
        if (existsSync(join(fork, "config.json")))
          rmSync(join(moving, "checkpoints"), { recursive: true, force: true });
        return new AbortController().signal;
      },
    };
    const forkedFrom = { runId: `run-${runs - 1}`, step: 14 } as const;
    expect((await train(configOf({ forkedFrom }), options)).status).toBe("completed");
    expect(readdirSync(moving)).not.toContain("checkpoints");
    expect(await lastWeights(fork)).toEqual(await lastWeights(source));
  });

  it("of a run that was stopped trains on, and forgets what it no longer watches", async () => {
    const stopped = newRun();
    const earlyStopping = { monitor: "accuracy", mode: "min", patience: 1, minDelta: 1 } as const;
    const ended = await train(configOf({ epochs: 9, earlyStopping }), optionsFor(stopped));
    expect(ended).toMatchObject({ status: "stopped" });
    expect(ended.history).toHaveLength(2);
    const forkedFrom = { runId: `run-${runs}`, step: "last" } as const;
    const free = await train(configOf({ epochs: 3, forkedFrom }), optionsFor(newRun()));
    expect(free).toMatchObject({ status: "completed" });
    const other = { ...earlyStopping, monitor: "val_accuracy" };
    const watched = { epochs: 9, earlyStopping: other, forkedFrom };
    // Its first epoch is the best by the other metric, its second no better: the wait of the source would end it before.
    expect((await train(configOf(watched), optionsFor(newRun()))).history.map(({ epoch }) => epoch)).toEqual([
      3, 4,
    ]);
  });
});

describe("what cannot be forked", () => {
  const refused = async (
    config: RunConfigInput,
    kind: typeof ForkError | typeof CheckpointCorruptError = ForkError,
  ) => {
    const run = newRun();
    const failure = await train(config, optionsFor(run)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    // Nothing was begun.
    expect(readdirSync(root)).not.toContain(`run-${runs}`);
    return (failure as Error).message;
  };

  it("names the fields that the checkpoint's state is of, and the way out", async () => {
    const message = await refused(forkOf(14, { batchSize: 14, optimizer: { name: "sgd" }, learningRate: 1 }));
    expect(message).toContain("another `batchSize` (");
    expect(message).toContain("another `optimizer.name` (the checkpoint has this optimizer's state)");
    expect(message).not.toContain("learningRate");
    expect(message).toContain(`model.classifier=${join(source, "model")}`);
  });

  it("tells of other pictures, and of the same with other classes, where its own config says nothing of them", async () => {
    const shapes = writeShapes(join(root, "shapes"), { train: 40, test: 4 });
    const squares = join(root, "redrawn");
    writeSquares(squares, { train: 200, test: 40 });
    const sources = [
      squaresConfig(squares, { epochs: 1 }),
      squaresConfig(shapes, { epochs: 1, transforms: { train: [], evaluation: [] } }),
    ];
    const forks: RunConfigInput[] = [];
    for (const config of sources) {
      await train(config, optionsFor(newRun()));
      forks.push({ ...config, epochs: 2, forkedFrom: { runId: `run-${runs}` } });
    }
    writeSquares(squares, { train: 200, test: 40, wrongTest: true });
    expect(await refused(forks[0]!)).toContain("another `data.contentHash` (the pictures are not those");
    // Every square is a circle now, and every circle a square: the same pictures, the outputs in the other order.
    const manifest = readFileSync(shapes, "utf8");
    const other: Record<string, string> = { circle: "square", square: "circle" };
    writeFileSync(
      shapes,
      manifest.replace(/circle|square/g, (name) => other[name]!),
    );
    expect(await refused(forks[1]!)).toContain(
      "another `data.annotationsHash` (their classes, splits or groups are not those",
    );
  });

  it("names the steps that are kept, the source that is not there, and epochs that are done", async () => {
    const best = (await loadCheckpoint(join(source, "checkpoints/best")))!.state.step;
    expect(await refused(forkOf(13))).toBe(
      "Expected a checkpoint of step 13 that run-1 keeps. Received: none of it. " +
        `Fork from one that is whole: last (step 24), best (step ${best}), step-000014 (step 14), step-000021 (step 21).`,
    );
    expect(await refused(configOf({ forkedFrom: { runId: "nobody" } }))).toContain(
      `Expected the run to fork from, nobody, in ${root}.`,
    );
    expect(await refused(forkOf("last"))).toContain("Received: 2, of which it has done 2. Raise them");
  });

  it("names the checkpoints that are whole where the one that is asked for is damaged", async () => {
    const torn = newRun();
    cpSync(source, torn, { recursive: true });
    const file = join(torn, "checkpoints/step-000014/checkpoint.safetensors");
    writeFileSync(file, readFileSync(file).subarray(0, -100));
    const forkedFrom = { runId: `run-${runs}`, step: 14 };
    const message = await refused(configOf({ forkedFrom }), CheckpointCorruptError);
    expect(message).toContain(file);
    expect(message).toContain("Fork from one that is whole: last (step 24), ");
    expect(message).not.toContain("step-000014 (");
    // It is the source's to put aside.
    expect(readdirSync(join(torn, "checkpoints/step-000014"))).toEqual(["checkpoint.safetensors"]);
  });
});
