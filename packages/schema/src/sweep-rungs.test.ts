import { describe, expect, it } from "vitest";
import {
  bestStep,
  endedSteps,
  nextStep,
  rungsOf,
  type EndedSweepStep,
  type SweepRung,
  type SweepStep,
} from "./sweep-rungs.js";
import { SweepSpec } from "./sweep-spec.js";

const halving = (trials: number, minEpochs: number, maxEpochs: number, eta = 3) =>
  rungsOf(
    SweepSpec.parse({
      method: { name: "successive-halving", trials, minEpochs, maxEpochs, eta },
      parameters: { seed: { min: 0, max: 1000, integer: true } },
    }).method,
    trials,
  );

/** Plays a sweep whose trials reach `values[rung][trial]`. */
function play(
  rungs: readonly SweepRung[],
  values: readonly (readonly (number | null)[])[],
  isHigherBetter = true,
) {
  const ended: EndedSweepStep[] = [];
  const steps: SweepStep[] = [];
  for (let step; (step = nextStep(rungs, ended, isHigherBetter)) !== undefined;) {
    steps.push(step);
    ended.push({ ...step, value: values[step.rung]![step.trial]! });
  }
  return { steps: steps.map(({ trial, rung }) => [trial, rung]), best: bestStep(ended, isHigherBetter) };
}

describe("rungsOf", () => {
  it("divides trials and multiplies epochs by eta, down from maxEpochs", () => {
    expect(halving(27, 1, 27)).toEqual([
      { trials: 27, epochs: 1 },
      { trials: 9, epochs: 3 },
      { trials: 3, epochs: 9 },
      { trials: 1, epochs: 27 },
    ]);
    // 10, 10/3 and 10/9: the last rung has all ten.
    expect(halving(9, 1, 10).map(({ epochs }) => epochs)).toEqual([1, 3, 10]);
    expect(halving(10, 2, 16, 2)).toEqual([
      { trials: 10, epochs: 2 },
      { trials: 5, epochs: 4 },
      { trials: 2, epochs: 8 },
      { trials: 1, epochs: 16 },
    ]);
  });

  it("is one rung where the config decides the epochs", () => {
    expect(rungsOf({ name: "grid" }, 4)).toEqual([{ trials: 4, epochs: undefined }]);
  });
});

describe("nextStep", () => {
  const rungs = halving(9, 1, 9);

  it("sends on the best third of each rung, the better first", () => {
    const first = [0.3, 0.9, 0.2, 0.8, 0.1, 0.7, 0.5, 0.6, 0.4];
    // Of trials 1, 3 and 5, the last is the best with three epochs.
    const second = [0, 0.91, 0, 0.9, 0, 0.95, 0, 0, 0];
    const played = play(rungs, [first, second, [0, 0, 0, 0, 0, 0.99, 0, 0, 0]]);
    expect(played.steps.slice(9)).toEqual([
      [1, 1],
      [3, 1],
      [5, 1],
      [5, 2],
    ]);
    expect(played.best).toEqual({ trial: 5, rung: 2, value: 0.99 });
  });

  it("counts low values as good where they are, and the earlier of equal ones", () => {
    const losses = [2, 1, 3, 1, 5, 1, 1, 9, 9];
    expect(play(rungs, [losses, losses, losses], false).steps.slice(9)).toEqual([
      [1, 1],
      [3, 1],
      [5, 1],
      [1, 2],
    ]);
  });

  it("never sends on what failed, and ends where nothing is left", () => {
    const failed = [null, null, 0.5, null, null, null, null, 0.4, null];
    const played = play(rungs, [failed, [0, 0, null, 0, 0, 0, 0, 0.6, 0], [0, 0, 0, 0, 0, 0, 0, null, 0]]);
    expect(played.steps.slice(9)).toEqual([
      [2, 1],
      [7, 1],
      [7, 2],
    ]);
    // The run with the most epochs that came to an end.
    expect(played.best).toEqual({ trial: 7, rung: 1, value: 0.6 });
    expect(play(rungs, [Array<null>(9).fill(null)])).toEqual({
      steps: Array.from({ length: 9 }, (_, trial) => [trial, 0]),
      best: undefined,
    });
  });

  it("goes on where it was, whatever has ended", () => {
    const ended = [0, 1, 3].map((trial) => ({ trial, rung: 0, value: 0.5 }));
    expect(nextStep([{ trials: 5, epochs: undefined }], ended, true)).toEqual({ trial: 2, rung: 0 });
  });
});

describe("endedSteps", () => {
  const values = [
    [0.4, 0.3, 0.2, 0.1],
    [0.5, 0.6, 0.9, 0.9],
    [0.7, 0.7, 0.9, 0.9],
  ];
  const valueOf = ({ trial, rung }: SweepStep) => values[rung]![trial]!;
  const rungs = halving(4, 1, 4, 2);

  it("counts a trial in a rung only where the one before sent it on", () => {
    const ended = endedSteps(rungs, valueOf, true);
    // Trials 2 and 3 have better values in later rungs, which they never reached.
    expect(ended.slice(4)).toEqual([
      { trial: 0, rung: 1, value: 0.5 },
      { trial: 1, rung: 1, value: 0.6 },
      { trial: 1, rung: 2, value: 0.7 },
    ]);
    expect(bestStep(ended, true)).toEqual({ trial: 1, rung: 2, value: 0.7 });
  });

  it("leaves out what has not ended, and sends the best of the others on", () => {
    const ended = endedSteps(rungs, (step) => (step.trial === 0 ? undefined : valueOf(step)), true);
    expect(ended.slice(3)).toEqual([
      { trial: 1, rung: 1, value: 0.6 },
      { trial: 2, rung: 1, value: 0.9 },
      { trial: 2, rung: 2, value: 0.9 },
    ]);
  });
});
