/** A run that goes on from another's checkpoint, through the built command. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunConfig } from "@convkit/schema";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const TINY = [
  "--engine=cpu",
  "--epochs=2",
  "--batch-size=8",
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
  "--set=data.validationFraction=0.2",
  "--set=checkpoint.everySteps=5",
];

describe("convkit train --fork", () => {
  const folder = makeFolder();
  let runId: string;
  let directory: string;

  beforeAll(async () => {
    await writePictures(folder);
    const trained = await runConvkit(folder, ["train", "./pictures", ...TINY, "--name=first", "--json"]);
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    ({ runId, directory } = trained.json().at(-1) as { runId: string; directory: string });
  });

  const fork = (...args: string[]) => runConvkit(folder, ["train", ...args]);

  it("trains on as the source's config says, but for what is typed", async () => {
    const changes = ["--lr", "0.01", "--set=schedule=constant", "--json"];
    const forked = await fork("--fork", `${runId.slice(0, 15)}@5`, ...changes);
    expect(forked).toMatchObject({ exitCode: 0, stderr: "" });
    const events = forked.json();
    const { config } = events.find(({ type }) => type === "runStarted") as { config: RunConfig };
    const { name, ...source } = JSON.parse(readFileSync(join(directory, "config.json"), "utf8")) as RunConfig;
    expect(name).toBe("first");
    expect(config).toEqual({
      ...source,
      learningRate: 0.01,
      schedule: { name: "constant", warmupFraction: 0 },
      forkedFrom: { runId, step: 5 },
    });
    const steps = events.filter(({ type }) => type === "step");
    expect(steps[0]).toMatchObject({ step: 6, logs: { learning_rate: 0.01 } });
    expect(events.at(-1)).toMatchObject({ type: "result", status: "completed" });
    expect(events.at(-1)!["runId"]).not.toBe(runId);
  });

  it("says what is wrong with what is typed, and begins no run", async () => {
    const before = (await runConvkit(folder, ["runs"])).stdout;
    const refusals: [string[], string][] = [
      [["--fork", `${runId}@first`], '`best` or a number of steps. Received: "first"'],
      [["--fork", `${runId}@5`, "--batch-size=4"], "another `batchSize` ("],
      [["--fork", runId, "--recipe", "cifar10-airbench94"], "--fork without --recipe"],
      [["--fork", runId, "--fast-dev-run"], "--fork without --fast-dev-run"],
    ];
    for (const [args, words] of refusals) {
      const refused = await fork(...args);
      expect(refused.exitCode, words).toBe(2);
      expect(refused.stderr).toContain(words);
    }
    cpSync(directory, join(folder, "me@lab", "run"), { recursive: true });
    for (const path of ["./me@lab/run", "./me@lab/run@5"]) {
      const { stderr } = await fork("--fork", path);
      expect(stderr, path).toContain(`Received: ${join(folder, "me@lab", "run")}. Set CONVKIT_HOME`);
    }
    cpSync(directory, join(folder, "elsewhere"), { recursive: true });
    expect((await fork("--fork", "./elsewhere")).stderr).toContain("Set CONVKIT_HOME to its home");
    expect((await runConvkit(folder, ["runs"])).stdout).toBe(before);
  });

  it("names the checkpoints that are whole beside one that is damaged", async () => {
    const path = join(directory, "checkpoints", "best", "checkpoint.safetensors");
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, -10));
    const refused = await fork("--fork", `${runId}@best`, "--epochs=9");
    writeFileSync(path, whole);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Fork from one that is whole: last (step ");
  });
});
