import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunConfigInput, TrainEvent } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, journalOf, lastWeights, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import type { CallbackContext } from "./callback.js";
import { timeBudget, type TimeBudget, type TimeBudgetOptions } from "./time-budget.js";
import { resume, train } from "./train.js";

/** A run without weights: only its clock moves. */
class Simulation {
  nowMs = 1000;
  step = 0;
  readonly plans: number[] = [];
  readonly budget: TimeBudget;

  constructor(options: Partial<TimeBudgetOptions> = {}) {
    this.budget = timeBudget({
      budgetMs: 100_000,
      stepsPerEpoch: 100,
      mostSteps: 10_000,
      imagesPerStep: 10,
      validationImages: 100,
      judgedImages: 200,
      clock: () => this.nowMs,
      onPlan: ({ totalSteps }) => void this.plans.push(totalSteps),
      ...options,
    });
  }

  /** Until the plan's end, or so many steps. */
  run(stepMs: (step: number) => number, { validationMs = 1000, until = Infinity } = {}): this {
    while (this.step < Math.min(until, this.budget.totalSteps())) {
      this.step += 1;
      this.nowMs += stepMs(this.step);
      const epoch = Math.ceil(this.step / 100);
      const context = { step: this.step, epoch } as CallbackContext;
      void this.budget.callback.onStepEnd!(context);
      if (this.step % 100 !== 0 && this.step !== this.budget.totalSteps()) continue;
      this.nowMs += validationMs;
      void this.budget.callback.onEpochEnd!(context);
    }
    return this;
  }
}

describe("timeBudget", () => {
  it("plans as many steps as fit with their validations and the judgement, the first step not counted", () => {
    const simulation = new Simulation().run((step) => (step === 1 ? 5000 : 100), { until: 21 });
    // 7,000 ms used; a forward pass of a picture taken for half of 10 ms: 500 ms an epoch's end, 1,000 ms the judgement.
    // 95,000 = 7,000 + (T − 21) · 100 + ⌈T / 100⌉ · 500 + 1,000 at T = 846, with 9 validations.
    expect(simulation.plans).toEqual([846]);
  });

  it("ends in time, and with the plan it made at first where nothing becomes slower", () => {
    const simulation = new Simulation().run(() => 100, { validationMs: 500 });
    expect(simulation.plans).toHaveLength(1);
    expect(simulation.step).toBe(simulation.plans[0]);
    // 2 × 500 ms for the judgement are left.
    expect(simulation.nowMs - 1000).toBeLessThanOrEqual(99_000);
    expect(simulation.nowMs - 1000).toBeGreaterThan(90_000);
  });

  it("plans fewer steps where they become slower, and never more", () => {
    const slower = new Simulation().run((step) => (step < 200 ? 100 : 300), { validationMs: 500 });
    expect(slower.plans.length).toBeGreaterThan(1);
    expect([...slower.plans].sort((a, b) => b - a)).toEqual(slower.plans);
    expect(slower.nowMs - 1000).toBeLessThanOrEqual(99_000);
    const faster = new Simulation().run((step) => (step < 200 ? 100 : 10), { validationMs: 500 });
    expect(faster.plans).toHaveLength(1);
  });

  it("does all epochs where there is time for them", () => {
    const simulation = new Simulation({ mostSteps: 300 }).run(() => 100);
    expect([simulation.step, simulation.plans]).toEqual([300, [300]]);
  });

  it("stops after the steps that it timed where there is no time for more", () => {
    const simulation = new Simulation().run(() => 60_000);
    expect(simulation.step).toBeLessThanOrEqual(4);
    expect(simulation.plans.at(-1)).toBe(simulation.step);
  });

  it("keeps its plan, and the time that was used, over a resume", () => {
    const first = new Simulation().run(() => 100, { until: 300 });
    const state = JSON.parse(JSON.stringify(first.budget.callback.getState!())) as never;
    const resumed = new Simulation();
    resumed.step = 300;
    resumed.budget.callback.setState!(state);
    expect(resumed.budget.totalSteps()).toBe(first.budget.totalSteps());
    first.run(() => 100);
    resumed.run(() => 100);
    expect(resumed.step).toBe(first.step);
    expect(resumed.budget.callback.getState!()).toEqual(first.budget.callback.getState!());
  });
});

describe("a run with a time budget", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "convkit-budget-"));
    writeSquares(join(root, "squares"), { train: 200, test: 40 });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  /** A second of a clock on which a step takes 10 ms, a validation 30, and nothing else any time. */
  const configOf = (more: Partial<RunConfigInput> = {}) =>
    squaresConfig(join(root, "squares"), { epochs: 9, timeBudget: 1 / 60, ...more });
  const stepping = (heed: (event: TrainEvent) => void = () => undefined) => {
    let nowMs = 0;
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step") nowMs += 10;
      if (event.type === "epochEnded") nowMs += 30;
      heed(event);
    };
    return { clock: () => nowMs, onEvent };
  };

  it("trains by a schedule that ends with it, is judged, and goes on by the same plan", async () => {
    const [uncut, cut] = [join(root, "uncut"), join(root, "cut")];
    const config = configOf({ lookahead: { everySteps: 5 } });
    const whole = await train(config, runOptions(uncut, stepping()));
    // At step 10, a tenth of the time, there was a plan that knew of no validation yet. After the second epoch's, 300 ms are
    // used, and 40 test pictures and the 40 of validation are judged, as long as two validations: 950 =
    // 300 + (T − 24) · 10 + (⌈T / 12⌉ − 2) · 30 + 60 leaves 71 steps with 4 validations, at 950.
    const steps = 71;
    const plans = eventsOf(journalOf(uncut), "message").map(({ text }) => text);
    expect(plans.at(-1)).toMatch(/^At 10\.0 ms a step 71 steps fit into 0\.0167 minutes/);
    expect([whole.status, whole.reason]).toEqual(["completed", `${steps} steps done`]);
    expect(whole.report!.testCount).toBe(40);
    const { step, logs } = whole.history.at(-1)!;
    expect(step).toBe(steps);
    // One-cycle's last rate, of the highest 0.05.
    expect(logs["learning_rate"]).toBeCloseTo(0.05 / 25 / 1e4, 12);

    const controller = new AbortController();
    const cutting = stepping((event) => {
      if (event.type === "step" && event.step === steps - 3) controller.abort(new Error("SIGINT"));
    });
    await train(config, runOptions(cut, { ...cutting, signal: controller.signal }));
    // A clock that stands still: the plan is the recorded one, not one of its own.
    expect((await resume(cut, runOptions(cut, { clock: () => 0 }))).reason).toBe(`${steps} steps done`);
    expect(await lastWeights(cut)).toEqual(await lastWeights(uncut));
  });
});
