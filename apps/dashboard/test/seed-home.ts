/**
 * Writes a CONVKIT_HOME as a few days of work leave it: seeds of several networks, a run that diverged, one that was
 * resumed, one at work, one that was cut off, and names that mean harm. Everything is drawn from a seed.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { seedRun, type RunPlan } from "./seed-run.js";

export const HOSTILE_NAME = "<img src=x onerror=alert(1)>";
const HOSTILE_EXPERIMENT = `"><script>alert(2)</script>`;

export interface SeededHome<Run extends string = SeededRun> {
  readonly home: string;
  readonly ids: Readonly<Record<Run, string>>;
}

export type SeededRun = keyof typeof PLANS;

const PLANS = {
  resnet9Seed0: { model: "resnet9", name: "resnet9, seed 0", peak: 0.936, seed: 0, tags: ["baseline"] },
  resnet9Seed1: { model: "resnet9", name: "resnet9, seed 1", peak: 0.931, seed: 1, tags: ["baseline"] },
  resnet9Seed2: {
    model: "resnet9",
    name: "resnet9, seed 2",
    peak: 0.934,
    seed: 2,
    tags: ["baseline", "nightly"],
  },
  resnet20Seed0: {
    model: "resnet20",
    name: "resnet20, seed 0",
    peak: 0.914,
    seed: 0,
    tags: ["baseline"],
    learningRate: 0.2,
  },
  resnet20Seed1: {
    model: "resnet20",
    name: "resnet20, seed 1",
    peak: 0.911,
    seed: 1,
    tags: ["baseline"],
    learningRate: 0.2,
  },
  resumed: {
    model: "resnet20",
    name: "resnet20, resumed after a power cut",
    peak: 0.909,
    seed: 2,
    learningRate: 0.2,
    resumedAt: 0.4,
  },
  adamw: {
    model: "simple-cnn",
    name: HOSTILE_NAME,
    peak: 0.742,
    seed: 0,
    optimizer: "adamw",
    learningRate: 0.002,
    experiment: HOSTILE_EXPERIMENT,
    tags: ["</td><b>"],
  },
  diverged: {
    model: "resnet9",
    name: "resnet9, rate too high",
    peak: 0.31,
    seed: 0,
    learningRate: 2,
    status: "failed",
    until: 0.3,
    tags: ["rates"],
  },
  stopped: {
    model: "resnet9",
    name: "resnet9, half the rate",
    peak: 0.921,
    seed: 0,
    learningRate: 0.05,
    status: "stopped",
    until: 0.7,
    tags: ["rates"],
  },
  interrupted: {
    model: "airbench94",
    name: "airbench94, first try",
    peak: 0.93,
    seed: 0,
    learningRate: 1.2,
    status: "interrupted",
    until: 0.5,
  },
  running: {
    model: "airbench94",
    name: "airbench94",
    peak: 0.94,
    seed: 1,
    learningRate: 1.2,
    status: "running",
    until: 0.45,
  },
  fashion: {
    model: "simple-cnn",
    name: "fashion, long",
    peak: 0.927,
    seed: 0,
    dataset: "fashion-mnist",
    learningRate: 0.02,
    epochs: 30,
    stepsPerEpoch: 400,
    tags: ["long"],
  },
} satisfies Record<string, RunPlan>;

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param nowMs when the run at work said its last word. */
export function seedHome(home: string, nowMs = Date.now()): Promise<SeededHome> {
  return seedRuns<SeededRun>(home, PLANS, nowMs);
}

/** The first plan's run is the oldest, and one at work as young as can be. */
export async function seedRuns<Run extends string>(
  home: string,
  plans: Readonly<Record<Run, RunPlan>>,
  nowMs = Date.now(),
): Promise<SeededHome<Run>> {
  await mkdir(join(home, "runs"), { recursive: true });
  const entries = Object.entries<RunPlan>(plans);
  const ids = await Promise.all(
    entries.map(async ([key, plan], index) => {
      const endedAt = nowMs - (plan.status === "running" ? 0 : (entries.length - index) * DAY_MS * 0.35);
      return [key, await seedRun(home, plan, { endedAt, index })] as const;
    }),
  );
  return { home, ids: Object.fromEntries(ids) as SeededHome<Run>["ids"] };
}
