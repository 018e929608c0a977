import { expect, it } from "vitest";
import { compareTrials, type ComparedTrial, type SweepRules } from "./compare-trials.js";

type Trial = ComparedTrial & { readonly curve: readonly number[] };

/** A run of so many epochs, with the value that it keeps after each of them. */
function trial(number: number, curve: readonly number[], changes: Partial<ComparedTrial> = {}): Trial {
  const value = curve.at(-1) ?? null;
  const run = { runId: `${number}-${changes.rung ?? ""}`, trial: number, rung: null, epoch: curve.length };
  return { ...run, status: "completed", epochs: curve.length, value, curve, ...changes };
}

const compare = (trials: readonly Trial[], rules: Partial<SweepRules> = {}) => {
  const valueUntil = ({ curve }: Trial, epochs: number) => curve.slice(0, epochs).at(-1) ?? null;
  const { best, ...rest } = compareTrials(trials, { mode: "max", rungs: undefined, ...rules }, valueUntil);
  return { ...rest, best: best && [trials.indexOf(best.run), best.value] };
};

const running = { status: "running" } as const;
const interrupted = { status: "interrupted" } as const;
const failed = { status: "failed" } as const;

it("takes the best of those that have ended, whatever their epochs", () => {
  const trials = [trial(1, [0.1, 0.5]), trial(2, [0.8]), trial(3, [0.9], running)];
  expect(compare(trials).best).toEqual([1, 0.8]);
  expect(compare(trials, { mode: "min" }).best).toEqual([0, 0.5]);
  expect(compare([trial(1, [0.9], failed), trial(2, [])]).best).toBeNull();
  expect(compare([]).best).toBeNull();
  // The sweep goes on with it.
  expect(compare([trial(1, [0.9], interrupted), trial(2, [0.2])]).best).toEqual([1, 0.2]);
});

it("compares only what came to its end: the first epoch of one that died is no measure", () => {
  const trials = [trial(1, [0.1, 0.5]), trial(2, [0.1], failed), trial(3, [0.2], interrupted)];
  expect(compare(trials)).toMatchObject({ values: [0.5, null, null], untilEpoch: null });
});

it("counts the last of several runs of a trial, as where a failed one was tried again", () => {
  const again = [trial(1, [0.4]), trial(2, [0.9], failed), trial(2, [0.6])];
  expect(compare(again)).toMatchObject({ best: [2, 0.6], values: [0.4, null, 0.6] });
  expect(compare([trial(1, [0.4]), trial(2, [0.9]), trial(2, [], running)]).best).toEqual([0, 0.4]);
});

it("takes those with the most epochs of successive halving, and compares all at the first rung", () => {
  const rungs = [
    { trials: 3, epochs: 1 },
    { trials: 1, epochs: 3 },
  ];
  const anew = [
    trial(1, [0.7], { rung: 0 }),
    trial(1, [0.1, 0.3, 0.65], { rung: 1 }),
    trial(2, [0.6], { rung: 0 }),
    trial(3, [0.5], { rung: 0 }),
  ];
  const expected = { best: [1, 0.65], values: [0.7, null, 0.6, 0.5], untilEpoch: 1 };
  expect(compare(anew, { rungs })).toEqual(expected);
  // Before the last rung has ended, the best of the one before.
  const early = anew.map((run) => (run.rung === 1 ? { ...run, ...running } : run));
  expect(compare(early, { rungs }).best).toEqual([0, 0.7]);
  // Runs of old, which do not say their rungs.
  expect(compare(anew).best).toEqual([1, 0.65]);
});

it("compares runs that go on at their rungs' epochs, whatever one that died early has", () => {
  const rungs = [
    { trials: 4, epochs: 2 },
    { trials: 2, epochs: 4 },
    { trials: 1, epochs: 8 },
  ];
  const on = { rung: 0, epochs: 8 };
  const trials = [
    trial(1, [0.1, 0.7, 0.7, 0.72], { ...on, ...interrupted }),
    trial(2, [0.1, 0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.75], on),
    trial(3, [0.9], { ...on, ...failed }),
    trial(4, [0.5, 0.5], { ...on, ...interrupted }),
  ];
  expect(compare(trials, { rungs })).toEqual({
    best: [1, 0.75],
    values: [0.7, 0.6, null, 0.5],
    untilEpoch: 2,
  });
  // Interrupted in its third rung, it counts by what it had in the second.
  const cut = trials.map((run) => (run.trial === 2 ? { ...run, epoch: 6, ...interrupted } : run));
  expect(compare(cut, { rungs }).best).toEqual([1, 0.8]);
});

it("lets a run that ended early count in the rungs that it is sent on to, and in no other", () => {
  const rungs = [
    { trials: 3, epochs: 1 },
    { trials: 1, epochs: 3 },
  ];
  const on = { rung: 0, epochs: 3 };
  const early = (value: number) =>
    compare(
      [
        trial(1, [0.6, 0.7, 0.65], on),
        trial(2, [value, 0.9], { ...on, status: "stopped" }),
        trial(3, [0.1], { ...on, ...interrupted }),
      ],
      { rungs },
    ).best;
  expect(early(0.5)).toEqual([0, 0.65]);
  expect(early(0.65)).toEqual([1, 0.9]);
});
