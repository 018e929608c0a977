import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAST_TFJS_NODE, SLOW_TFJS_NODE, writeTfjsNode } from "../test/fake-tfjs-node.js";
import { openInChild } from "../test/open-in-child.js";
import type { EngineReport } from "./describe-engines.js";
import type { EngineName } from "./engine-order.js";
import { chooseEngine } from "./rank-engines.js";

let folder: string;
let speedsFile: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "convkit-rank-engines-"));
  speedsFile = path.join(folder, "convkit", "engine-speeds.json");
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("CONVKIT_TFJS_NODE", folder);
  // As slow as native gets, far behind the fast fake.
  vi.stubEnv("CONVKIT_ISA", "portable");
  vi.stubEnv("CONVKIT_THREADS", "1");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const open = (env: NodeJS.ProcessEnv = {}) => openInChild({ env: { ...process.env, ...env } });
/** One for the process that measures, one for the process that opens. */
const timesLoaded = async () => (await readFile(path.join(folder, "loads"), "utf8")).split("\n").length - 1;
/** As remembered under the one key that there is. */
async function outcomeOf(name: EngineName): Promise<unknown> {
  const { comparisons } = JSON.parse(await readFile(speedsFile, "utf8"));
  return (Object.values(comparisons)[0] as { outcomes: Record<string, unknown> }).outcomes[name];
}

function report(name: EngineName, gflopsPerSecond: number): EngineReport {
  const speed = {
    measured: "training step",
    imagesPerSecond: 1,
    gemm: { size: 256, gflopsPerSecond },
    gflopsPerSecond,
    batchSize: 1,
    steps: 1,
  } as const;
  const precision = { precision: "f32", precisions: ["f32"] } as const;
  const facts = {
    device: "",
    onGpu: false,
    threads: 1,
    versions: {},
    canTrain: name !== "wasm",
    caution: null,
    ...precision,
  };
  return { available: true, name, speed, ...facts };
}

describe("`auto`, where native and tfjs-node are both installed", () => {
  it("trains on tfjs-node if that is faster here, and measures once", async () => {
    await writeTfjsNode(folder, FAST_TFJS_NODE);
    expect(open()).toEqual({ name: "tensorflow", unavailable: [] });
    expect(await timesLoaded()).toBe(2);
    const remembered = await readFile(speedsFile, "utf8");

    // Slow now, and nobody looks.
    await writeTfjsNode(folder, SLOW_TFJS_NODE);
    expect(open()).toEqual({ name: "tensorflow", unavailable: [] });
    expect(await timesLoaded()).toBe(3);
    expect(await readFile(speedsFile, "utf8")).toBe(remembered);
  });

  it("trains on native if that is faster here, and measures once", async () => {
    await writeTfjsNode(folder, SLOW_TFJS_NODE);
    expect(open()).toEqual({ name: "native", unavailable: [] });
    expect(open()).toEqual({ name: "native", unavailable: [] });
    expect(await timesLoaded()).toBe(1);
  });

  it("measures anew for another number of threads", async () => {
    await writeTfjsNode(folder, SLOW_TFJS_NODE);
    open();
    open({ CONVKIT_THREADS: "2" });
    expect(await timesLoaded()).toBe(2);
    expect(Object.keys(JSON.parse(await readFile(speedsFile, "utf8")).comparisons)).toHaveLength(2);
  });

  it("says what became of a tfjs-node that does not work, also from memory", async () => {
    await writeTfjsNode(folder, 'throw new Error("wrong ELF class")');
    const expected = {
      name: "native",
      unavailable: [
        {
          name: "tensorflow",
          reason: expect.stringMatching(/wrong ELF class.*`convkit doctor` looks again/),
        },
      ],
    };
    expect(open()).toEqual(expected);
    await writeTfjsNode(folder, SLOW_TFJS_NODE);
    expect(open()).toEqual(expected);
    expect(existsSync(path.join(folder, "loads"))).toBe(false);
  });

  it("measures what gave no answer again the next time, and that alone", async () => {
    await writeTfjsNode(folder, 'process.kill(process.pid, "SIGKILL"); for (;;);');
    expect(open()).toEqual({
      name: "native",
      unavailable: [
        {
          name: "tensorflow",
          reason: expect.stringMatching(/^its process ended with SIGKILL .* another engine$/),
        },
      ],
    });
    const native = await outcomeOf("native");
    expect(native).toMatchObject({ gflopsPerSecond: expect.any(Number) });
    expect(await outcomeOf("tensorflow")).toBeUndefined();

    await writeTfjsNode(folder, FAST_TFJS_NODE);
    expect(open()).toEqual({ name: "tensorflow", unavailable: [] });
    expect(await outcomeOf("native")).toEqual(native);
    expect(await timesLoaded()).toBe(2);
  });

  it("measures again if the file is damaged", async () => {
    await writeTfjsNode(folder, SLOW_TFJS_NODE);
    await chooseEngine([report("native", 1), report("tensorflow", 2)]);
    await writeFile(speedsFile, (await readFile(speedsFile, "utf8")).slice(0, -3));
    expect(open()).toEqual({ name: "native", unavailable: [] });
    expect(JSON.parse(await readFile(speedsFile, "utf8"))).toMatchObject({ formatVersion: 1 });
  });

  it("opens an engine also where nothing can be remembered", async () => {
    await writeFile(path.join(folder, "convkit"), "a file, where the folder should be");
    await writeTfjsNode(folder, SLOW_TFJS_NODE);
    expect(open()).toEqual({ name: "native", unavailable: [] });
  });
});

describe("chooseEngine", () => {
  beforeEach(() => writeTfjsNode(folder, SLOW_TFJS_NODE));

  it("takes the fastest that can train, and `auto` follows", async () => {
    const reports = [report("native", 10), report("tensorflow", 20), report("wasm", 30), report("cpu", 0.01)];
    expect(await chooseEngine(reports)).toBe("tensorflow");
    expect(open()).toMatchObject({ name: "tensorflow" });
    expect(await chooseEngine([report("native", 20), report("tensorflow", 20)])).toBe("native");
    expect(open()).toMatchObject({ name: "native" });
  });

  it("forgets an engine that gives no answer now, and `auto` measures it again", async () => {
    expect(await chooseEngine([report("native", 10), report("tensorflow", 1e6)])).toBe("tensorflow");
    const silent = { available: false, name: "tensorflow", reason: "silent", isUserMistake: false } as const;
    expect(await chooseEngine([report("native", 10), { ...silent, isPassing: true }])).toBe("native");
    expect(await outcomeOf("tensorflow")).toBeUndefined();
    await writeTfjsNode(folder, FAST_TFJS_NODE);
    expect(open()).toMatchObject({ name: "tensorflow" });
  });

  it("has none while the user has something to put right", async () => {
    const mistake = { available: false, name: "native", reason: "threads", isUserMistake: true } as const;
    expect(await chooseEngine([{ ...mistake, isPassing: false }, report("cpu", 1)])).toBeNull();
    expect(existsSync(speedsFile)).toBe(false);
  });
});
