/** What the trials of a sweep are, and that the command it ends with trains the same. */
import { RunConfig, SweepSpec, type SweepSpecInput } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { assembleRunConfig } from "../config/assemble-run-config.js";
import { parseAssignment } from "../config/assignment.js";
import { beginsAsLonger, planSweep } from "./sweep-plan.js";
import { trainCommand } from "./train-command.js";

function sweepOf(spec: SweepSpecInput, set: readonly string[] = []) {
  return { name: "rates", spec: SweepSpec.parse(spec), assignments: set.map(parseAssignment) };
}

const parameters = {
  learningRate: { values: [0.1, 0.2] },
  "optimizer.name": { values: ["sgd", "adamw"] },
};
const grid: SweepSpecInput = {
  base: { data: { source: "cifar10", limit: { train: 100 } }, tags: ["mine"], seed: 3 },
  method: "grid",
  parameters,
};

describe("planSweep", () => {
  it("lays a trial's values over --set, the base and the recipe, and labels its run", () => {
    const plan = planSweep(sweepOf(grid, ["epochs=2", "learningRate=9"]));
    const config = plan.configOf({ trial: 3, rung: 0 });
    expect(config).toMatchObject({
      name: "rates-4",
      tags: ["mine", "sweep:rates"],
      seed: 3,
      epochs: 2,
      learningRate: 0.2,
      optimizer: { name: "adamw" },
      model: { name: "airbench94", options: { filters: [32, 128, 128] } },
      data: { source: "cifar10", limit: { train: 100 } },
      sweep: {
        name: "rates",
        trial: 4,
        metric: "val_accuracy",
        mode: "max",
        parameters: ["learningRate", "optimizer.name"],
      },
    });
    expect(RunConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it("keeps the epoch that is best by the sweep's metric, unless the base says otherwise", () => {
    const checkpointOf = (spec: SweepSpecInput, ...set: string[]) =>
      planSweep(sweepOf(spec, set)).configOf({ trial: 0, rung: 0 }).checkpoint;
    const monitorOf = (spec: SweepSpecInput) => checkpointOf(spec).monitor;
    expect(monitorOf(grid)).toBe("val_accuracy");
    expect(monitorOf({ ...grid, metric: "val_loss" })).toBe("val_loss");
    const base = { ...grid.base, checkpoint: { monitor: "val_accuracy" } };
    expect(monitorOf({ ...grid, base, metric: "val_loss" })).toBe("val_accuracy");

    // Without a mode a run of label sets would take another for its val_accuracy.
    expect(checkpointOf(grid)).toEqual({ monitor: "val_accuracy", mode: "max" });
    const loss = { name: "val_loss", mode: "min" } as const;
    expect(checkpointOf({ ...grid, metric: loss })).toEqual({ monitor: "val_loss", mode: "min" });
    // The mode is of the sweep's own metric, and of no other.
    const ownAccuracy = { monitor: "val_accuracy", mode: "auto" };
    expect(checkpointOf({ ...grid, base, metric: loss })).toEqual(ownAccuracy);
    expect(checkpointOf({ ...grid, metric: loss }, "checkpoint.monitor=val_accuracy")).toEqual(ownAccuracy);
    const swept = { "checkpoint.monitor": { values: ["val_accuracy"] } };
    expect(checkpointOf({ ...grid, metric: loss, parameters: swept })).toEqual(ownAccuracy);
  });

  it("refuses a trial that is no config, and names it", () => {
    const plan = (changes: Partial<SweepSpecInput>) => () => planSweep(sweepOf({ ...grid, ...changes }));
    expect(plan({ parameters: { learningRat: { values: [1] } } })).toThrow(
      /^Trial 1 \(learningRat=1\): .*\n {2}learningRat: no such key\. Did you mean "learningRate"\?$/,
    );
    expect(plan({ parameters: { learningRate: { values: [1, -1] } } })).toThrow(
      /^Trial 2 \(learningRate=-1\): [^]*learningRate: .*Received: -1/,
    );
    expect(plan({ parameters: { "model.name": { values: ["resnet8"] } } })).toThrow(
      'Did you mean "resnet18"?',
    );
    const method = { name: "successive-halving", trials: 9, maxEpochs: 9 } as const;
    const rates = { learningRate: { min: 0.1, max: 1 } };
    expect(plan({ base: { ...grid.base, timeBudget: 5 }, method, parameters: rates })).toThrow(
      "Expected no timeBudget: successive halving counts in epochs",
    );
  });

  it("begins anew in each rung where the schedule is stretched over the run", () => {
    const method = { name: "successive-halving", trials: 4, maxEpochs: 4, eta: 2 } as const;
    const of = (schedule: string) =>
      planSweep(
        sweepOf({
          ...grid,
          base: { ...grid.base, schedule },
          method,
          parameters: { learningRate: { min: 0.1, max: 1 } },
        }),
      );
    const anew = of("one-cycle");
    expect(anew.goesOn(0)).toBe(false);
    expect([0, 1, 2].map((rung) => anew.configOf({ trial: 2, rung }).epochs)).toEqual([1, 2, 4]);
    expect(anew.configOf({ trial: 2, rung: 1 })).toMatchObject({
      name: "rates-3-rung-1",
      sweep: {
        rung: 1,
        rungs: [
          { trials: 4, epochs: 1 },
          { trials: 2, epochs: 2 },
          { trials: 1, epochs: 4 },
        ],
      },
    });
    const goingOn = of("constant");
    expect(goingOn.goesOn(0)).toBe(true);
    expect(goingOn.configOf({ trial: 2, rung: 0 })).toMatchObject({ name: "rates-3", epochs: 4 });
  });
});

it("knows which runs begin as longer ones do", () => {
  const of = (config: object) =>
    beginsAsLonger(
      RunConfig.parse({ data: { source: "x" }, model: "resnet9", schedule: "constant", ...config }),
    );
  expect(of({})).toBe(true);
  expect(of({ schedule: { name: "step", stepEpochs: 2 } })).toBe(true);
  expect(of({ schedule: "reduce-on-plateau", lookahead: {}, ema: {} })).toBe(true);
  expect(of({ schedule: "cosine" })).toBe(false);
  expect(of({ schedule: "triangular" })).toBe(false);
  expect(of({ schedule: { name: "constant", warmupFraction: 0.1 } })).toBe(false);
  expect(of({ lookahead: { power: 3 } })).toBe(false);
  expect(of({ callbacks: ["./count.mjs"] })).toBe(false);
});

describe("trainCommand", () => {
  /** As a shell and `convkit train` would read it. */
  function configOf(command: string): RunConfig {
    const words = [...command.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll(`'\\''`, "'") ?? plain!,
    );
    const [convkit, train, ...rest] = words;
    expect([convkit, train]).toEqual(["convkit", "train"]);
    const valuesOf = (flag: string) => rest.filter((_, index) => rest[index - 1] === flag);
    return assembleRunConfig({
      data: rest[0]!.startsWith("--") ? undefined : rest[0],
      recipe: valuesOf("--recipe")[0],
      assignments: valuesOf("--set").map(parseAssignment),
    });
  }

  const sweeps = {
    "a plain one": sweepOf(grid, ["epochs=2"]),
    "one with variants and spaces": sweepOf(
      {
        ...grid,
        base: {
          data: { source: "./my photos", imageSize: [32, 32], group: "(it's\\d+)_" },
          model: [{ layer: "flatten" }],
          optimizer: { momentum: 0.8, name: "sgd" },
          earlyStopping: { patience: 2 },
        },
        metric: "val_loss",
      },
      [
        'loss={"labelSmoothing":0.1,"name":"cross-entropy"}',
        "data.limit.train=50",
        "optimizer.weightDecay=0",
      ],
    ),
    "one over a recipe": sweepOf(
      { recipe: "cifar10-airbench94", method: "grid", parameters: { batchSize: { values: [128] } } },
      ["data.validationFraction=0.1"],
    ),
    "one over networks": sweepOf({
      ...grid,
      parameters: { "model.name": { values: ["resnet9", "resnet18"] } },
    }),
  };

  it.each(Object.entries(sweeps))("of %s makes each trial's config again", (_, sweep) => {
    const plan = planSweep(sweep);
    for (const [trial, parameters] of plan.trials.entries()) {
      const config = plan.configOf({ trial, rung: 0 });
      const again = configOf(trainCommand(sweep, parameters, undefined));
      const { name, sweep: label } = config;
      expect({ ...again, name, tags: [...again.tags, "sweep:rates"], sweep: label }).toEqual(config);
    }
  });

  it("says how many epochs a rung has", () => {
    const sweep = sweepOf(grid, ["epochs=2"]);
    const command = trainCommand(sweep, { learningRate: 0.5 }, 9);
    expect(command).toBe(
      `convkit train cifar10 --set 'data.limit={"train":100}' --set 'checkpoint={"monitor":"val_accuracy","mode":"max"}' --set 'tags=["mine"]' --set seed=3 --set learningRate=0.5 --set epochs=9`,
    );
  });
});
