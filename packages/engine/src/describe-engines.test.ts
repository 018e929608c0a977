import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { FAST_TFJS_NODE, writeTfjsNode } from "../test/fake-tfjs-node.js";
import { describeEngine, describeEngines } from "./describe-engines.js";
import { ENGINE_ORDER } from "./engine-order.js";

afterEach(() => void vi.unstubAllEnvs());

describe("the table of engines", () => {
  it("has a line for every engine: what it is and how fast, or why it is not there", async () => {
    const reports = await describeEngines({ durationMs: 0 });
    expect(reports.map(({ name }) => name)).toEqual(ENGINE_ORDER);
    for (const report of reports) {
      if (report.available) {
        expect(report.speed.imagesPerSecond).toBeGreaterThan(0);
        expect(report.speed.measured).toBe(report.canTrain ? "training step" : "forward pass");
      } else {
        expect(report.reason.length).toBeGreaterThan(20);
      }
    }
    expect(reports.at(-1)).toMatchObject({ name: "cpu", available: true, threads: 1 });
  });
});

describe("a tfjs-node that is not as it should be", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "convkit-tfjs-node-"))));
  afterAll(() => rm(folder, { recursive: true }));

  async function reasonFor(program: string, timeoutMs?: number): Promise<string> {
    await writeTfjsNode(folder, program);
    return reasonInFolder(folder, timeoutMs);
  }
  async function reasonInFolder(place: string, timeoutMs = 60_000): Promise<string> {
    vi.stubEnv("CONVKIT_TFJS_NODE", place);
    const report = await describeEngine("tensorflow", { timeoutMs });
    return report.available ? "available" : report.reason;
  }

  it("is not there", async () => {
    const nowhere = path.join(folder, "nowhere");
    expect(await reasonInFolder(nowhere)).toBe(
      `CONVKIT_TFJS_NODE is ${nowhere}, where no package lies. Name the folder of one, or unset it`,
    );
  });

  it("came without its library", async () => {
    const said = "The Node.js native addon module (tfjs_binding.node) can not be found at path: /x";
    expect(await reasonFor(`throw new Error(${JSON.stringify(said)})`)).toMatch(
      /is installed without its library: .* npm rebuild/,
    );
  });

  it("does not load", async () => {
    expect(await reasonFor('throw new Error("wrong ELF class\\nand more")')).toBe(
      `${folder} does not load: wrong ELF class. Install it anew, for this system and Node`,
    );
  });

  it("registers with another tfjs", async () => {
    expect(await reasonFor("exports.version = {}")).toContain("another copy of @tensorflow/tfjs");
  });

  it("does not start", async () => {
    const reason = await reasonFor(`${FAST_TFJS_NODE}
      tf.removeBackend("tensorflow");
      tf.registerBackend("tensorflow", () => { throw new Error("no AVX here"); });`);
    expect(reason).toBe(
      'its tfjs backend "tensorflow" does not start: no AVX here. ' +
        "Install its package anew on this machine, or use another engine",
    );
  });

  it("computes wrongly", async () => {
    const reason = await reasonFor(`${FAST_TFJS_NODE}
      replaceKernel("Add", ({ inputs, backend }) => (backend.incRef(inputs.a.dataId), inputs.a));`);
    expect(reason).toBe(
      "it adds [1, 2] + 1 to [1, 2] and not to [2, 3]. Install its package anew, or use another engine",
    );
  });

  it("is killed while it loads", async () => {
    expect(await reasonFor('process.kill(process.pid, "SIGKILL"); for (;;);')).toMatch(
      /^its process ended with SIGKILL before it answered\. Install .*, or use another engine$/,
    );
  });

  it("ends the process with its last words", async () => {
    expect(await reasonFor('console.error("no AVX here"); process.exitCode = 3; process.exit();')).toMatch(
      /^its process ended with exit code 3 before it answered: no AVX here\. Install /,
    );
  });

  it("throws while it computes", async () => {
    const reason = await reasonFor(`${FAST_TFJS_NODE}
      replaceKernel("Conv2D", () => { throw new RangeError("out of luck"); });`);
    expect(reason).toMatch(/ended with exit code 1 before it answered: RangeError: out of luck\. Install /);
  });

  it("never comes back", async () => {
    expect(await reasonFor("for (;;);", 2000)).toMatch(
      /^it did not answer within 2 s\. Try again .*, or use another engine$/,
    );
  });

  it.each([
    ["gave no answer", "for (;;);", true],
    ["says what is wrong", 'throw new Error("wrong ELF class")', false],
  ])("may pass if it %s: %s", async (_, program, isPassing) => {
    await writeTfjsNode(folder, program);
    vi.stubEnv("CONVKIT_TFJS_NODE", folder);
    const report = await describeEngine("tensorflow", { timeoutMs: isPassing ? 2000 : 60_000 });
    expect(report).toMatchObject({ available: false, isPassing });
  });
});

describe("a misspelt variable", () => {
  it.each([
    ["CONVKIT_ISA", "mmx"],
    ["CONVKIT_THREADS", "many"],
  ])("%s is the user's to put right", async (variable, value) => {
    vi.stubEnv(variable, value);
    expect(await describeEngine("native")).toEqual({
      available: false,
      name: "native",
      reason: expect.stringContaining(`Unset ${variable}`),
      isUserMistake: true,
      isPassing: false,
    });
  });
});
