import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeEngine, describeEngines } from "./describe-engines.js";
import { ENGINE_ORDER } from "./engine-order.js";

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
    await writeFile(path.join(folder, "index.js"), program);
    return reasonInFolder(folder, timeoutMs);
  }
  async function reasonInFolder(place: string, timeoutMs = 60_000): Promise<string> {
    const before = process.env.CONVKIT_TFJS_NODE;
    process.env.CONVKIT_TFJS_NODE = place;
    const report = describeEngine("tensorflow", { timeoutMs });
    if (before === undefined) delete process.env.CONVKIT_TFJS_NODE;
    else process.env.CONVKIT_TFJS_NODE = before;
    const answer = await report;
    return answer.available ? "available" : answer.reason;
  }

  it("is not there", async () => {
    const nowhere = path.join(folder, "nowhere");
    expect(await reasonInFolder(nowhere)).toBe(`CONVKIT_TFJS_NODE is ${nowhere}, where no package lies`);
  });

  it("came without its library", async () => {
    const said = "The Node.js native addon module (tfjs_binding.node) can not be found at path: /x";
    expect(await reasonFor(`throw new Error(${JSON.stringify(said)})`)).toMatch(
      /is installed without its library: .* npm rebuild/,
    );
  });

  it("does not load", async () => {
    expect(await reasonFor('throw new Error("wrong ELF class\\nand more")')).toBe(
      `${folder} does not load: wrong ELF class`,
    );
  });

  it("registers with another tfjs", async () => {
    expect(await reasonFor("exports.version = {}")).toContain("another copy of @tensorflow/tfjs");
  });

  it("computes wrongly", async () => {
    const tfjs = createRequire(import.meta.url).resolve("@tensorflow/tfjs");
    const reason = await reasonFor(`
      const tf = require(${JSON.stringify(tfjs)});
      tf.copyRegisteredKernels("cpu", "tensorflow");
      tf.unregisterKernel("Add", "tensorflow");
      const kernelFunc = ({ inputs, backend }) => (backend.incRef(inputs.a.dataId), inputs.a);
      tf.registerKernel({ kernelName: "Add", backendName: "tensorflow", kernelFunc });
      const cpu = tf.findBackendFactory("cpu");
      tf.registerBackend("tensorflow", () => Object.assign(cpu(), { binding: { TF_Version: "0.0.0" } }));
      exports.version = {};`);
    expect(reason).toBe("it adds [1, 2] + 1 to [1, 2]");
  });

  it("is killed while it loads", async () => {
    expect(await reasonFor('process.kill(process.pid, "SIGKILL"); for (;;);')).toBe(
      "its process ended with SIGKILL before it answered",
    );
  });

  it("ends the process with its last words", async () => {
    expect(await reasonFor('console.error("no AVX here"); process.exitCode = 3; process.exit();')).toBe(
      "its process ended with exit code 3 before it answered: no AVX here",
    );
  });

  it("never comes back", async () => {
    expect(await reasonFor("for (;;);", 2000)).toBe("it did not answer within 2 s");
  });
});
