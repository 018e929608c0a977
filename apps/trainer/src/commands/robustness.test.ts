import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runConvkit } from "../fixtures/run-convkit.js";
import { trainTinyRun } from "../fixtures/train-tiny-run.js";

describe("convkit robustness", () => {
  let folder: string;
  let runId: string;
  let directory: string;
  beforeAll(async () => {
    ({ folder, runId, directory } = await trainTinyRun());
  });
  const reportPath = () => join(directory, "artifacts", "robustness.json");

  it("draws the table and the curves, names the worst, and keeps the report", async () => {
    const { exitCode, stdout, stderr } = await runConvkit(folder, ["robustness", "latest", "--limit=8"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^pictures {4}8 of the test split, each class with its share, seed 0$/m);
    expect(stdout).toMatch(
      /^mCE {9}[\d.]+ %, mean corruption error; relative to the pictures as they are -?[\d.]+ %$/m,
    );
    expect(stdout).toMatch(/^worst {7}\w+, an error of [\d.]+ %$/m);
    expect(stdout).toMatch(/^gaussian_noise( +[\d.]+ %){6}$/m);
    expect(stdout).toMatch(/^jpeg_compression( +[\d.]+ %){6}$/m);
    for (const title of ["turned by", "scaled by", "under FGSM", "under PGD of 10 steps"]) {
      expect(stdout).toContain(`accuracy${title.startsWith("under") ? " " : ", "}${title}`);
    }
    expect(stdout).toMatch(/┼─+┬/);
    expect(JSON.parse(readFileSync(reportPath(), "utf8"))).toMatchObject({ formatVersion: 1, count: 8 });
  });

  it("measures what it is asked for, against a baseline, and tells it as JSON", async () => {
    const args = ["robustness", runId, "--only=corruptions", "--limit=8", "--json"];
    const refused = await runConvkit(folder, [...args, "--seed=3", `--baseline=${runId}`]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stdout).toContain(`Received: ${runId}, with seed 0.`);
    await runConvkit(folder, [...args, "--seed=3"]);
    const { exitCode, json } = await runConvkit(folder, [...args, "--seed=3", `--baseline=${runId}`]);
    expect(exitCode).toBe(0);
    const [told, ...more] = json();
    expect(more).toEqual([]);
    expect(told).toMatchObject({ type: "robustness", seed: 3, corruptions: { baseline: runId } });
    expect(Object.keys(told!)).not.toContain("rotation");
    expect((told!["corruptions"] as { byName: unknown[] }).byName.length).toBe(15);
    const words = await runConvkit(folder, [...args.slice(0, -1), "--seed=3", `--baseline=${runId}`]);
    expect(words.stdout).toMatch(/^accuracy at severity .* mean error +over baseline's +relative$/m);
    expect(words.stdout).toMatch(/^fog( +[\d.]+ %){6} +(1|–) +(1|–)$/m);
  });

  it("refuses parts that there are not, pictures that are none, and a baseline that was not measured", async () => {
    const part = await runConvkit(folder, ["robustness", runId, "--only=rotations"]);
    expect(part.exitCode).toBe(2);
    expect(part.stderr).toContain("Received: rotations.");
    expect((await runConvkit(folder, ["robustness", runId, "--limit=0"])).stderr).toContain("from 1 up");

    await runConvkit(folder, ["robustness", runId, "--only=scale", "--limit=4"]);
    const baseline = await runConvkit(folder, ["robustness", runId, `--baseline=${runId}`]);
    expect(baseline.exitCode).toBe(2);
    expect(baseline.stderr).toContain(`Measure it first: convkit robustness ${runId}`);
    expect(existsSync(reportPath())).toBe(true);
  });
});
