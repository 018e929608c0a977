/** Small sweeps through the built command: to their end, killed and gone on with, and refused. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepSpecInput } from "@convkit/schema";
import { beforeAll, describe, expect, it } from "vitest";
import { startQueueServer } from "../fixtures/queue-server.js";
import { makeFolder, runConvkit, startConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const BASE = {
  data: { source: "./pictures", validationFraction: 0.2 },
  engine: "cpu",
  epochs: 1,
  batchSize: 8,
  model: [{ layer: "conv", filters: 4, strides: 2, activation: "relu" }, { layer: "flatten" }],
};
const RATES: SweepSpecInput = {
  base: BASE,
  method: { name: "random", trials: 2 },
  metric: "val_loss",
  parameters: { learningRate: { min: 1e-4, max: 1e-2, scale: "log" } },
};

const folder = makeFolder();
beforeAll(async () => {
  await writePictures(folder);
});

const write = (name: string, spec: SweepSpecInput) =>
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(spec));
const runs = () => join(folder, ".convkit", "runs");

interface RunEvent {
  type: string;
  attempt: number;
  epoch?: number;
  logs?: Record<string, number>;
}

function eventsOf(runId: unknown): RunEvent[] {
  const text = readFileSync(join(runs(), String(runId), "events.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
}

const lossesOf = (runId: unknown) =>
  eventsOf(runId).flatMap(({ type, logs }) => (type === "epochEnded" ? [logs?.["val_loss"]] : []));

it("tells each trial as it ends, and at last the best and how to train it; what diverged is one that failed", async () => {
  write("rates", {
    ...RATES,
    method: "grid",
    parameters: { learningRate: { values: [1e-4, 1e38, 1e-2] }, "optimizer.name": { values: ["sgd"] } },
  });
  const { exitCode, stdout, stderr } = await runConvkit(folder, ["sweep", "rates.json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^sweep +rates: grid, 3 trials over learningRate, optimizer\.name/m);
  expect(stdout).toMatch(/^trial 1\/3 +learningRate=0\.0001, optimizer\.name=sgd +val_loss 0\.\d+ +\d+ s$/m);
  expect(stdout).toMatch(/^trial 2\/3 +learningRate=1e\+38, .*failed: loss became NaN at step \d/m);
  // A hundred times the rate learns more in an epoch.
  expect(stdout).toMatch(
    /^trial +learningRate +optimizer\.name +val_loss +time +run\n3 .*\n1 .*\n2 .* failed /m,
  );
  expect(stdout).toMatch(
    /^best +val_loss 0\.\d+: trial 3, .*\nconvkit train \.\/pictures .*--set learningRate=0\.01 --set optimizer\.name=sgd$/m,
  );

  const listed = (await runConvkit(folder, ["runs", "--json"])).json();
  expect(listed.map(({ name, status }) => [name, status])).toEqual([
    ["rates-1", "completed"],
    ["rates-2", "failed"],
    ["rates-3", "completed"],
  ]);
  const config = JSON.parse(
    readFileSync(join(runs(), String(listed[2]!["runId"]), "config.json"), "utf8"),
  ) as object;
  expect(config).toMatchObject({ tags: ["sweep:rates"], sweep: { name: "rates", trial: 3 } });
  // What is chosen by validation pictures is judged by test pictures once it is chosen.
  const judged = eventsOf(listed[2]!["runId"]).filter(({ type }) => type === "evaluated");
  expect(judged).toMatchObject([{ split: "validation" }]);
});

it("goes on where it was killed, with what it had, to what it would have come to", async () => {
  // So long that the second trial is surely not at its end once it has saved an epoch.
  const spec = { ...RATES, base: { ...BASE, epochs: 10 } };
  write("whole", spec);
  write("cut", spec);
  const cut = startConvkit(folder, ["sweep", "cut.json", "--json"]);
  const first = JSON.parse(await cut.line((line) => line.includes('"type":"trial"'))) as { runId: string };
  const journal = join(folder, ".convkit", "sweeps", "cut", "trials.jsonl");
  const begun = (): string[] =>
    [...readFileSync(journal, "utf8").matchAll(/"started".*"runId":"([^"]+)"/g)].map(([, runId]) => runId!);
  await expect.poll(() => begun().length, { timeout: 20_000, interval: 5 }).toBe(2);
  const second = begun()[1]!;
  const hasSaved = () =>
    existsSync(join(runs(), second, "events.jsonl")) &&
    eventsOf(second).some(({ type }) => type === "checkpointSaved");
  await expect.poll(hasSaved, { timeout: 20_000, interval: 5 }).toBe(true);
  cut.process.kill("SIGKILL");
  await cut.finished;
  // As if the machine had died while a line was written.
  writeFileSync(journal, `${readFileSync(journal, "utf8")}{"formatVersion":1,"type":"sta`);

  const resumed = await runConvkit(folder, ["sweep", "cut.json", "--json"]);
  expect(resumed).toMatchObject({ exitCode: 0, stderr: "" });
  const [start, ...lines] = resumed.json();
  expect(start).toMatchObject({ type: "sweepStarted", trials: 2, ended: 1 });
  const trials = lines.filter(({ type }) => type === "trial");
  expect(trials.map(({ trial }) => trial)).toEqual([2]);
  expect(trials[0]!["runId"]).toBe(second);
  expect(eventsOf(second)).toContainEqual(expect.objectContaining({ type: "resumed", attempt: 2 }));
  expect(eventsOf(first.runId).every(({ attempt }) => attempt === 1)).toBe(true);

  const whole = (await runConvkit(folder, ["sweep", "whole.json", "--json"])).json();
  const values = (of: Record<string, unknown>[]) =>
    of.flatMap(({ type, value }) => (type === "trial" ? [value] : []));
  expect(values(whole).slice(1)).toEqual(values(trials));
  const { best } = lines.at(-1) as { best: { trial: number; value: number } };
  expect(whole.at(-1)).toMatchObject({
    type: "result",
    failed: 0,
    best: { trial: best.trial, value: best.value },
  });

  // Nothing is left to do; more trials may be asked for.
  const before = readdirSync(runs()).length;
  expect((await runConvkit(folder, ["sweep", "cut.json"])).stdout).toContain("\nbest ");
  expect(readdirSync(runs())).toHaveLength(before);
  write("cut", { ...spec, method: { name: "random", trials: 3 } });
  const more = (await runConvkit(folder, ["sweep", "cut.json", "--json"])).json();
  expect(more.flatMap(({ type, trial }) => (type === "trial" ? [trial] : []))).toEqual([3]);
});

it("lets no other process at it, and stops at Ctrl-C with a checkpoint, saying how to go on", async () => {
  write("stopped", { ...RATES, base: { ...BASE, epochs: 100_000 } });
  const run = startConvkit(folder, ["sweep", "stopped.json", "--set", "seed=5", "--json"]);
  const journal = join(folder, ".convkit", "sweeps", "stopped", "trials.jsonl");
  const runIdOf = () => /"runId":"([^"]+)"/.exec(readFileSync(journal, "utf8"))?.[1];
  await run.line((line) => line.includes("sweepStarted"));
  const hasSaved = () => {
    const events = join(runs(), String(runIdOf()), "events.jsonl");
    return existsSync(events) && readFileSync(events, "utf8").includes("checkpointSaved");
  };
  await expect.poll(hasSaved, { timeout: 20_000 }).toBe(true);
  const second = await runConvkit(folder, ["sweep", "stopped.json", "--set", "seed=5"]);
  expect(second.exitCode).toBe(6);
  expect(second.stderr).toContain(`which process ${run.process.pid} is at work on`);
  run.process.kill("SIGINT");
  const stopped = await run.finished;
  expect(stopped.exitCode).toBe(130);
  expect(stopped.json().at(-1)).toMatchObject({
    name: "InterruptedError",
    message: expect.stringMatching(/To go on: convkit sweep stopped\.json --set seed=5 --json$/),
  });
  expect(eventsOf(runIdOf()).at(-1)).toMatchObject({ type: "runEnded", status: "interrupted" });
});

describe("successive halving", () => {
  const method = { name: "successive-halving", trials: 4, maxEpochs: 4, eta: 2 } as const;

  it("goes on with the best runs, to exactly what they would have become by themselves", async () => {
    write("halving", { ...RATES, base: { ...BASE, schedule: "constant" }, method });
    const lines = (await runConvkit(folder, ["sweep", "halving.json", "--json"])).json();
    const trials = lines.filter(({ type }) => type === "trial");
    expect(trials.map(({ rung }) => rung)).toEqual([0, 0, 0, 0, 1, 1, 2]);
    const best = trials.at(-1)!;
    // One run from the first epoch to the last; a worse one stopped after its first.
    expect(trials.filter(({ runId }) => runId === best["runId"]).map(({ rung }) => rung)).toEqual([0, 1, 2]);
    const ranked = trials.slice(0, 4).sort((a, b) => Number(a["value"]) - Number(b["value"]));
    expect(trials.slice(4, 6).map(({ trial }) => trial)).toEqual(
      ranked.slice(0, 2).map(({ trial }) => trial),
    );
    expect(lossesOf(ranked[3]!["runId"])).toEqual([ranked[3]!["value"]]);

    const { command } = lines.at(-1) as { command: string };
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const alone = (await runConvkit(folder, [...words.slice(1), "--json"])).json();
    expect(lossesOf(alone.at(-1)!["runId"])).toEqual(lossesOf(best["runId"]));
    expect(lossesOf(best["runId"])).toHaveLength(4);
  });
});

it("refuses before the first trial what no trial could be chosen by", async () => {
  const before = readdirSync(runs()).length;
  const refuse = async (spec: SweepSpecInput, ...args: string[]) => {
    write("refused", spec);
    const { exitCode, stderr } = await runConvkit(folder, ["sweep", "refused.json", ...args]);
    expect(exitCode).toBe(2);
    return stderr;
  };
  expect(await refuse(RATES, "--set", "data.validationFraction=0")).toContain(
    "Received: none for trial 1 in ./pictures. Hold some back: --set data.validationFraction=0.1",
  );
  for (const metric of ["val_mean_average_precision", "val_macro_f1"])
    expect(await refuse({ ...RATES, metric })).toContain(
      `any number of labels, for ${metric}. Received: one class each for trial 1 in ./pictures. Choose by val_accuracy or val_loss`,
    );
  expect(await refuse({ ...RATES, metric: "test_accuracy" })).toContain(
    "metric.name: expected val_accuracy or val_loss",
  );
  expect(await refuse(RATES, "--set", "epoch=2")).toContain('epoch: no such key. Did you mean "epochs"?');
  // Of the first test, with other values.
  expect(await refuse(RATES, "--name", "rates")).toContain("Received: another method, another parameters.");
  expect(readdirSync(runs())).toHaveLength(before);
});

it.skipIf(process.platform !== "linux")(
  "stops where a disk is full, counts no trial as failed by it, and goes on once there is room",
  async () => {
    // The device that is always full stands for the disk, until there is a file called `room`.
    writeFileSync(
      join(folder, "diary.mjs"),
      `import { existsSync, writeFileSync } from "node:fs";
       export default ({ config }) => ({
         onEpochEnd() {
           if (config.sweep.trial === 2 && !existsSync("room")) writeFileSync("/dev/full", "an epoch");
         },
       });`,
    );
    write("diary", { ...RATES, base: { ...BASE, callbacks: ["./diary.mjs"] } });
    const stopped = await runConvkit(folder, ["sweep", "diary.json", "--json"]);
    expect(stopped.exitCode).toBe(2);
    expect(stopped.json().at(-1)).toMatchObject({ message: expect.stringContaining("ENOSPC") });
    const note = stopped.json().find(({ type }) => type === "note");
    expect(note).toMatchObject({
      text: "The sweep has stopped. The trials that have ended are kept. To go on: convkit sweep diary.json --json",
    });
    writeFileSync(join(folder, "room"), "");
    const [start, trial, result] = (await runConvkit(folder, ["sweep", "diary.json", "--json"])).json();
    expect(start).toMatchObject({ ended: 1 });
    expect(trial).toMatchObject({ type: "trial", trial: 2, status: "completed" });
    expect(result).toMatchObject({ type: "result", trials: 2, failed: 0 });
  },
);

it("tries failed trials again when it is asked to, each as another run, and no other", async () => {
  writeFileSync(
    join(folder, "moody.mjs"),
    `import { existsSync } from "node:fs";
     export default ({ config }) => {
       if (config.sweep.trial === 1 && !existsSync("in-the-mood")) throw new Error("not today");
       return { onEpochEnd() {} };
     };`,
  );
  write("moody", { ...RATES, base: { ...BASE, callbacks: ["./moody.mjs"] } });
  const trialsOf = async (...args: string[]) => {
    const lines = (await runConvkit(folder, ["sweep", "moody.json", "--json", ...args])).json();
    return lines.filter(({ type }) => type === "trial");
  };
  const first = await trialsOf();
  expect(first.map(({ trial, status }) => [trial, status])).toEqual([
    [1, "failed"],
    [2, "completed"],
  ]);
  expect(first[0]!["reason"]).toContain("not today");
  writeFileSync(join(folder, "in-the-mood"), "");
  expect(await trialsOf()).toEqual([]);
  const again = await trialsOf("--retry-failed");
  expect(again.map(({ trial, status }) => [trial, status])).toEqual([[1, "completed"]]);
  expect(again[0]!["runId"]).not.toBe(first[0]!["runId"]);
  expect(await trialsOf("--retry-failed")).toEqual([]);
});

it("is the same sweep whatever the order of its file's keys, and its id stays", async () => {
  const { metric, method, parameters, base } = {
    ...RATES,
    method: "grid" as const,
    parameters: { learningRate: { values: [1e-3, 1e-2] }, "optimizer.name": { values: ["sgd", "adamw"] } },
  };
  write("ordered", { method, metric, base, parameters });
  const stored = () =>
    JSON.parse(readFileSync(join(folder, ".convkit", "sweeps", "ordered", "sweep.json"), "utf8")) as {
      id: string;
    };
  const trials = (await runConvkit(folder, ["sweep", "ordered.json", "--json"])).json();
  const { id } = stored();
  expect(trials[0]).toMatchObject({ type: "sweepStarted", id });
  const { runId } = trials[1] as { runId: string };
  const config = readFileSync(join(runs(), runId, "config.json"), "utf8");
  expect(JSON.parse(config)).toMatchObject({ sweep: { id, name: "ordered", trial: 1 } });

  const reversed = Object.fromEntries(Object.entries(parameters).reverse());
  const { data, ...others } = BASE;
  write("ordered", { parameters: reversed, base: { ...others, data }, metric, method });
  const again = (await runConvkit(folder, ["sweep", "ordered.json", "--json"])).json();
  expect(again).toHaveLength(2);
  expect(again[1]).toEqual(trials.at(-1));
  expect(stored().id).toBe(id);

  write("ordered", { method, metric, base: { ...BASE, epochs: 2 }, parameters });
  const refused = await runConvkit(folder, ["sweep", "ordered.json"]);
  expect(refused.stderr).toContain("Received: another base.\n  base.epochs: 2, which was 1\n");
});

it("tells a server of every trial, those that ended before among them, and no trial waits for it", async () => {
  const server = await startQueueServer();
  write("told", { ...RATES, base: { ...BASE, schedule: "constant" } });
  const alone = (await runConvkit(folder, ["sweep", "told.json", "--json"])).json();
  const runIds = alone.flatMap(({ type, runId }) => (type === "trial" ? [String(runId)] : []));
  const args = ["sweep", "told.json", `--server=${server.url}`, "--json"];
  expect(await runConvkit(folder, args)).toMatchObject({ exitCode: 0, stderr: "" });
  const typesOf = (runId: string) => server.eventsOf(runId).map(({ type }) => type);
  for (const runId of runIds) expect(typesOf(runId)).toEqual(eventsOf(runId).map(({ type }) => type));

  write("told", { ...RATES, base: { ...BASE, schedule: "constant" }, method: { name: "random", trials: 3 } });
  const more = (await runConvkit(folder, args)).json();
  const { runId } = more.find(({ type }) => type === "trial") as { runId: string };
  expect(typesOf(runId)).toEqual(eventsOf(runId).map(({ type }) => type));

  server.tokens = new Set(["convkit_good"]);
  write("told", { ...RATES, base: { ...BASE, schedule: "constant" }, method: { name: "random", trials: 4 } });
  const refused = await runConvkit(folder, args);
  expect(refused.exitCode).toBe(7);
  expect(refused.stdout).toContain("a call without a token");
  expect(refused.json().at(-1)).toMatchObject({ type: "result", trials: 4, failed: 0 });
});

it("goes on where what a trial itself chooses cannot be: data, or what computes", async () => {
  const failedOf = async (name: string, spec: SweepSpecInput) => {
    write(name, spec);
    const { exitCode, json } = await runConvkit(folder, ["sweep", `${name}.json`, "--json"]);
    expect(exitCode).toBe(0);
    return json().flatMap(({ type, trial, status, reason }) =>
      type === "trial" && status === "failed" ? [[trial, reason]] : [],
    );
  };
  // Pictures of one number belong together.
  const base = { ...BASE, data: { ...BASE.data, group: "(\\d+)" } };
  const stratify = { "data.stratify": { values: [true, false] } };
  expect(await failedOf("stratified", { ...RATES, base, method: "grid", parameters: stratify })).toEqual([
    [1, expect.stringContaining("Expected pictures that stand alone in")],
  ]);
  const precision = { precision: { values: ["bf16", "f32"] } };
  expect(await failedOf("precise", { ...RATES, method: "grid", parameters: precision })).toEqual([
    [1, expect.stringContaining("bf16")],
  ]);

  const before = readdirSync(runs()).length;
  write("misspelt", {
    ...RATES,
    base: { ...BASE, data: { source: "./pcitures" } },
    method: "grid",
    parameters: stratify,
  });
  const { exitCode, stderr } = await runConvkit(folder, ["sweep", "misspelt.json"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("./pcitures");
  expect(readdirSync(runs())).toHaveLength(before);
});

it("ends with an error where every trial has failed, and says why", async () => {
  write("ruined", { ...RATES, method: "grid", parameters: { learningRate: { values: [1e37, 1e38] } } });
  const { exitCode, stderr } = await runConvkit(folder, ["sweep", "ruined.json"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/2 of 2 failed, the first by: loss became NaN/);
});
