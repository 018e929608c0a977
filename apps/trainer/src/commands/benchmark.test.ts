import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BenchmarkReport } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runConvkit, startConvkit } from "../fixtures/run-convkit.js";
import { trainTinyRun } from "../fixtures/train-tiny-run.js";

describe("convkit benchmark", () => {
  let folder: string;
  let directory: string;
  beforeAll(async () => {
    ({ folder, directory } = await trainTinyRun());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const BRIEF = ["--seconds=0", "--batch-sizes=1,70"];

  it("measures each engine that is here, says why others are not, and keeps what it measured", async () => {
    const args = ["benchmark", "latest", "--engines=cpu,tensorflow", ...BRIEF];
    const { exitCode, stderr, json } = await runConvkit(folder, [...args, "--json"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const { type, ...told } = json()[0]!;
    expect(type).toBe("benchmark");
    const report = BenchmarkReport.parse(told);
    expect(report).toMatchObject({ inputShape: [8, 8, 3], unavailable: [{ name: "tensorflow" }] });
    expect(report.modelBytes).toBeGreaterThan(4 * report.parameters);
    const [{ name, latencyMs, throughput, peakMemoryBytes }, ...others] = report.engines as [
      BenchmarkReport["engines"][0],
    ];
    expect([name, others]).toEqual(["cpu", []]);
    // No time but for one pass of each.
    expect(latencyMs).toMatchObject({ count: 1, p50: latencyMs.min, p99: latencyMs.min });
    expect(latencyMs.min).toBeGreaterThan(0);
    expect(throughput).toMatchObject([
      { batchSize: 1, batches: 1 },
      { batchSize: 70, batches: 1 },
    ]);
    expect(peakMemoryBytes).toBeGreaterThan(2 ** 24);
    expect(JSON.parse(readFileSync(join(directory, "artifacts", "benchmark.json"), "utf8"))).toEqual(told);
  });

  it("says its defaults as they are typed, and none of a flag that is off", async () => {
    const { exitCode, stdout } = await runConvkit(folder, ["benchmark", "--help"]);
    expect(exitCode).toBe(0);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("(default: native,webgpu,tensorflow-gpu,tensorflow,wasm,cpu)");
    expect(words).toContain("(default: 1,8,32)");
    expect(words).toContain("--json one JSON object -h,");
  });

  it("draws a table, and ends as one that found no engine where it found none", async () => {
    const { exitCode, stdout } = await runConvkit(folder, ["benchmark", "latest", "--engines=cpu", ...BRIEF]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^model +pictures of 8×8×3, .* parameters, .* of files$/m);
    expect(stdout).toMatch(/^engine +min +p50 +p90 +p99 +pictures\/s of 1 +pictures\/s of 70 +memory$/m);
    expect(stdout).toMatch(/^cpu +[\d.,]+ ms( +[\d.,]+ ms){3}( +[\d.,]+){2} +[\d.]+ MiB$/m);
    const absent = await runConvkit(folder, ["benchmark", "latest", "--engines=tensorflow", ...BRIEF]);
    expect(absent.exitCode).toBe(4);
    const wrong = await runConvkit(folder, ["benchmark", "latest", "--engines=auto"]);
    expect(wrong.exitCode).toBe(2);
  });

  it("keeps earlier figures of other engines, and what there is where no engine can be measured", async () => {
    const kept = join(directory, "artifacts", "benchmark.json");
    const run = (engine: string) =>
      runConvkit(folder, ["benchmark", "latest", `--engines=${engine}`, ...BRIEF]);
    const read = () => BenchmarkReport.parse(JSON.parse(readFileSync(kept, "utf8")));
    await run("cpu");
    const { engines: earlier, measuredAt } = read();
    expect((await run("tensorflow")).exitCode).toBe(4);
    expect(read()).toMatchObject({ measuredAt, engines: earlier });

    const { exitCode, stdout } = await run("wasm");
    expect(exitCode).toBe(0);
    expect(read().engines).toMatchObject([{ name: "wasm" }, { ...earlier[0], measuredAt }]);
    expect(stdout).toContain("Kept the earlier figures of cpu.\n");
    expect(stdout).toMatch(/^engine +cpu: .* · measured \d{4}-\d\d-\d\d$/m);
    expect(stdout).toMatch(/^engine +wasm: ((?!measured).)*$/m);
    rmSync(kept);
  });

  it("goes on without an engine that fails, and says why it has no figures", async () => {
    const args = ["benchmark", "latest", "--engines=native,cpu", ...BRIEF, "--json"];
    const { exitCode, stderr, json } = await startConvkit(folder, args, { CONVKIT_ISA: "mmx" }).finished;
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(json()[0]).toMatchObject({
      engines: [{ name: "cpu" }],
      unavailable: [{ name: "native", reason: expect.stringMatching(/^it failed: .*mmx/s) as string }],
    });
  });

  it("tells damaged files as such, and not as missing engines", async () => {
    const weights = join(directory, "model", "weights.bin");
    const whole = readFileSync(weights);
    truncateSync(weights, 8);
    const damaged = await runConvkit(folder, ["benchmark", "latest", "--engines=cpu", ...BRIEF, "--json"]);
    writeFileSync(weights, whole);
    expect(damaged.exitCode).toBe(2);
    expect(damaged.json()).toMatchObject([
      {
        type: "error",
        name: "ClassifierFilesError",
        message: `Expected ${whole.length} bytes of weights. Received: 8.`,
      },
    ]);
  });
});
