/**
 * What a run promises to whoever kills it, over every optimizer and what else has a state: SIGKILL at any step, and the
 * run that goes on ends with the bytes of one that nothing stopped.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Rng } from "@convkit/random";
import type { OptimizerSpec, RunConfigInput } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, journalOf, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import type { EngineDescription } from "./run-options.js";
import type { NamedArrays } from "./safetensors.js";
import { resume, train } from "./train.js";

/** Of each run: 2 epochs of 12 batches, and half as many where two make a step. */
const RUNS: Record<OptimizerSpec["name"], Partial<RunConfigInput>> = {
  sgd: {
    optimizer: { name: "sgd", decay: "coupled", groups: [{ weights: "/bias$", untilEpoch: 1.5 }] },
    ema: { decay: 0.9 },
    checkpoint: { monitor: "val_accuracy", everySteps: 4, keep: 2 },
  },
  adam: {
    optimizer: "adam",
    accumulate: 2,
    schedule: { name: "reduce-on-plateau", patience: 1, factor: 0.5, minDelta: 1e3 },
    gradientClipping: { name: "global-norm", limit: 0.5 },
  },
  adamw: {
    optimizer: { name: "adamw", groups: [{ weights: "^logits/", learningRate: 2 }] },
    ema: { decay: 0.99, warmup: true },
    lookahead: { everySteps: 3, slowShare: 0.8 },
    earlyStopping: { monitor: "val_loss" },
  },
  rmsprop: {
    optimizer: { name: "rmsprop", momentum: 0.9 },
    learningRate: 0.002,
    accumulate: 2,
    ema: { decay: 0.9 },
    checkpoint: { monitor: "val_loss", everySteps: 5 },
  },
  lion: {
    optimizer: { name: "lion", weightDecay: 0.1 },
    learningRate: 0.002,
    lookahead: { everySteps: 5, slowShare: 0.5 },
    freeze: { stages: "features", untilEpoch: 1 },
  },
  muon: {
    optimizer: { name: "muon", groups: [{ weights: "/bias$", learningRate: 2, untilEpoch: 1.25 }] },
    schedule: { name: "reduce-on-plateau", patience: 1, factor: 0.5, minDelta: 1e3 },
    accumulate: 2,
    ema: { decay: 0.95 },
    lookahead: { everySteps: 2, slowShare: 0.9 },
    checkpoint: { monitor: "val_accuracy", everySteps: 3, keep: 1 },
  },
};
const NAMES = Object.keys(RUNS) as OptimizerSpec["name"][];
/** On a GPU, on which each process of the tests compiles for seconds, two stand for all. */
const KILLS = tf.getBackend() === "webgpu" ? 2 : 20;
/** A killed process is at most so many steps further than the one after which it is killed. */
const STEPS_AHEAD = 3;

/** A run's kills lie in different quarters of it. */
function drawKills(): { name: OptimizerSpec["name"]; step: number }[] {
  const rng = Rng.fromSeed("kills");
  return Array.from({ length: KILLS }, (_, kill) => {
    const place = kill % NAMES.length;
    const name = NAMES[place]!;
    const quarter = (Math.floor(kill / NAMES.length) + place) % 4;
    const steps = (RUNS[name].accumulate === 2 ? 12 : 24) - STEPS_AHEAD;
    const [from, to] = [quarter, quarter + 1].map((quarters) => Math.floor((steps * quarters) / 4)) as [
      number,
      number,
    ];
    return { name, step: 1 + from + rng.int(to - from) };
  });
}

// The cpu backend would take minutes for the same code; resume.test.ts kills a run on each of them.
describe.skipIf(tf.getBackend() === "cpu")("a killed run", () => {
  const root = mkdtempSync(join(tmpdir(), "convkit-kill-"));
  const engine: EngineDescription = {
    name: tf.getBackend() as EngineDescription["name"],
    device: "test",
    threads: 1,
    versions: {},
  };
  const optionsOf = (run: string) => runOptions(run, { engine, checkpointEvery: { steps: 3 } });
  const configOf = (name: OptimizerSpec["name"]) => squaresConfig(join(root, "squares"), RUNS[name]);
  const wholeRun = (name: string): string => join(root, `whole-${name}`);

  beforeAll(async () => {
    writeSquares(join(root, "squares"), { train: 200, test: 20 });
    for (const name of NAMES) await train(configOf(name), optionsOf(wholeRun(name)));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("ends differently with each of these configs", async () => {
    const ends = await Promise.all(NAMES.map((name) => digestsOf(wholeRun(name), "last")));
    expect(new Set(ends.map((end) => JSON.stringify(end.weights))).size).toBe(NAMES.length);
  });

  it.each(drawKills())("by $name at step $step ends as if nobody had killed it", async ({ name, step }) => {
    const run = join(root, `killed-${name}-${step}`);
    await trainAndKill(run, configOf(name), step);
    expect((await resume(run, optionsOf(run))).status).toBe("completed");

    for (const checkpoint of ["last", "best"]) {
      expect(await digestsOf(run, checkpoint)).toEqual(await digestsOf(wholeRun(name), checkpoint));
    }
    const [resumed] = eventsOf(journalOf(run), "resumed");
    // Two steps are lost at most, and those that came after the line was read.
    expect(resumed!.fromStep).toBeGreaterThanOrEqual(step - 3);
    expect(resumed!.fromStep).toBeLessThan(step + STEPS_AHEAD);
  });
});

/** The kill comes at once when the child has said that the step stands in the journal, wherever it is by then. */
async function trainAndKill(run: string, config: RunConfigInput, step: number): Promise<void> {
  const script = fileURLToPath(new URL("../test/train-child.mjs", import.meta.url));
  const job = ["train", run, JSON.stringify(config), String(step + STEPS_AHEAD)];
  const command = ["--import", "@convkit/vitest-config/open-backend", script, ...job];
  const child = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "inherit"] });
  const exit = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    if (line === String(step)) child.kill("SIGKILL");
  }
  expect(await exit).toEqual([null, "SIGKILL"]);
}

/** SHA-256 of everything that a run ends with, by name: all that trains, and all that decides how it would go on. */
async function digestsOf(run: string, checkpoint: string) {
  const { state, weights, slots, averages } = (await loadCheckpoint(join(run, "checkpoints", checkpoint)))!;
  return {
    state,
    weights: digests(weights),
    slots: digests(slots),
    averages: Object.fromEntries(Object.entries(averages).map(([name, arrays]) => [name, digests(arrays)])),
  };
}

function digests(arrays: NamedArrays): Record<string, string> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [name, createHash("sha256").update(bytes).digest("hex")];
    }),
  );
}
