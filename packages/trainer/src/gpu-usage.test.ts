import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GpuWatch, parseGpuUsage } from "./gpu-usage.js";

it.each([
  ["37, 1024\n", { percent: 37, memoryBytes: 2 ** 30 }],
  ["0, 3\n12, 80\n", { percent: 0, memoryBytes: 3 * 2 ** 20 }],
  ["[N/A], 512\n", { memoryBytes: 2 ** 29 }],
  ["No devices were found\n", {}],
  ["", {}],
])("reads %j", (text, usage) => {
  expect(parseGpuUsage(text)).toEqual(usage);
});

describe("GpuWatch", () => {
  const before = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "convkit-gpu-"));
    process.env["PATH"] = `${folder}${delimiter}${before["PATH"]}`;
    delete process.env["CUDA_VISIBLE_DEVICES"];
  });
  afterEach(() => void Object.assign(process.env, { CUDA_VISIBLE_DEVICES: "", ...before }));

  /** A tool of that name that writes down how it was called. */
  function writeTool(body: string): void {
    writeFileSync(join(folder, "nvidia-smi"), `#!/bin/sh\necho "$@" >> ${folder}/calls\n${body}\n`);
    chmodSync(join(folder, "nvidia-smi"), 0o755);
  }
  const calls = () => readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n");

  it("hands an answer out once, of the first GPU that this process sees", async () => {
    writeTool("echo '61, 2048'");
    const watch = new GpuWatch();
    expect(watch.take()).toEqual({});
    // The second question waits for the first one's answer.
    await Promise.all([watch.ask(), watch.ask()]);
    expect(watch.take()).toEqual({ percent: 61, memoryBytes: 2 ** 31 });
    expect(watch.take()).toEqual({});
    process.env["CUDA_VISIBLE_DEVICES"] = "GPU-8932f937,0";
    await watch.ask();
    const query = "--query-gpu=utilization.gpu,memory.used --format=csv,noheader,nounits";
    expect(calls()).toEqual([`--id=0 ${query}`, `--id=GPU-8932f937 ${query}`]);
  });

  it("asks nobody where this process may see no GPU", async () => {
    writeTool("echo '61, 2048'");
    process.env["CUDA_VISIBLE_DEVICES"] = "-1";
    const watch = new GpuWatch();
    await watch.ask();
    expect(watch.take()).toEqual({});
    expect(calls).toThrow("ENOENT");
  });

  it("knows nothing where the tool fails, or is not there", async () => {
    writeTool("echo '61, 2048'; exit 9");
    const failing = new GpuWatch();
    await failing.ask();
    expect(failing.take()).toEqual({});
    process.env["PATH"] = join(folder, "nothing");
    const missing = new GpuWatch();
    await missing.ask();
    expect(missing.take()).toEqual({});
  });
});
