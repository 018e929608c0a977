/** A tiny data set from pictures to a judged classifier, through the built command. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit, type Finished } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const TINY = [
  "--engine=cpu",
  "--epochs=3",
  "--batch-size=8",
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
  "--set=data.validationFraction=0.2",
];

describe("convkit train", () => {
  const folder = makeFolder();
  let trained: Finished;
  let result: Record<string, unknown>;

  beforeAll(async () => {
    await writePictures(folder);
    trained = await runConvkit(folder, ["train", "./pictures", ...TINY, "--name=tiny", "--json"]);
    result = trained.json().at(-1) ?? {};
  });

  it("says each event as a line of JSON, and the result last", () => {
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    const types = trained.json().map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(["engine", "runStarted", "step", "epochEnded", "checkpointSaved"]),
    );
    expect(types.filter((type) => type === "epochEnded")).toHaveLength(3);
    expect(result).toMatchObject({
      type: "result",
      status: "completed",
      exitCode: 0,
      testCount: 48,
      split: "test",
    });
    expect(result["accuracy"]).toBeGreaterThan(0.9);
  });

  it("leaves a run's folder whose report says the same", () => {
    const directory = String(result["directory"]);
    const report = JSON.parse(readFileSync(join(directory, "report.json"), "utf8")) as object;
    expect(report).toMatchObject({
      accuracy: result["accuracy"],
      testCount: 48,
      classNames: ["bright", "dark"],
    });
    for (const part of [
      "config.json",
      "events.jsonl",
      "report.html",
      "model/model.json",
      "checkpoints/best",
    ]) {
      expect(existsSync(join(directory, part)), part).toBe(true);
    }
  });

  it("is listed, judged again alike, and predicts", async () => {
    const [run] = (await runConvkit(folder, ["runs", "--json"])).json();
    expect(run).toMatchObject({ runId: result["runId"], name: "tiny", status: "completed", testCount: 48 });

    const again = await runConvkit(folder, ["evaluate", "latest", "--engine=cpu", "--json"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.json().at(-1)).toMatchObject({
      type: "result",
      accuracy: result["accuracy"],
      testCount: 48,
    });

    const pictures = ["bright", "dark"].map((name) => join("pictures", "test", name, "0.png"));
    const predict = ["predict", String(result["runId"]).slice(0, -1), ...pictures, "--engine=cpu", "--json"];
    const predictions = (await runConvkit(folder, predict)).json() as {
      image: string;
      classes: { className: string; probability: number }[];
    }[];
    expect(predictions.map(({ image }) => image)).toEqual(pictures);
    expect(predictions.map(({ classes }) => classes[0]?.className)).toEqual(["bright", "dark"]);
    for (const { classes } of predictions) {
      expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  });

  it("prints plain lines, without colours, where the output is no terminal", async () => {
    const { stdout, ...ended } = await runConvkit(folder, ["train", "./pictures", ...TINY, "--epochs=1"]);
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toMatch(/^engine +cpu/m);
    expect(stdout).toMatch(/^data +pictures: .*2 classes/m);
    expect(stdout).toMatch(/^epoch +1 .*validation: .*accuracy/m);
    expect(stdout).toMatch(/^result +accuracy .* of 48 test pictures/m);
    expect(stdout).toMatch(/^report +\.convkit\/runs\/.*report\.html$/m);
  });
});
