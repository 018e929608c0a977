import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Rank } from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FAST_TFJS_NODE, writeTfjsNode } from "../test/fake-tfjs-node.js";
import { openInChild, WITHOUT_NATIVE } from "../test/open-in-child.js";
import { candidates } from "./candidates/index.js";
import { UnknownEngineError } from "./engine-errors.js";
import { ENGINE_ORDER, type EnginePreference } from "./engine-order.js";
import { openEngine } from "./open-engine.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "convkit-open-engine-"))));
afterAll(() => rm(folder, { recursive: true }));

it("refuses a name that no engine has", async () => {
  await expect(openEngine("gpu" as EnginePreference)).rejects.toThrow(UnknownEngineError);
  await expect(openEngine("constructor" as EnginePreference)).rejects.toThrow(
    'Expected an engine: auto, native, webgpu, tensorflow-gpu, tensorflow, wasm, cpu. Received: "constructor".',
  );
});

it("opens the best engine that can train, and says why each better one is not there", async () => {
  vi.stubEnv("CONVKIT_TFJS_NODE", "");
  // Three calls at once: one opening.
  const [engine, ...others] = await Promise.all([openEngine(), openEngine("auto"), openEngine()]);
  expect(others).toEqual([engine, engine]);
  expect(engine.canTrain).toBe(true);
  const better = ENGINE_ORDER.slice(0, ENGINE_ORDER.indexOf(engine.name));
  expect(engine.unavailable.map(({ name }) => name)).toEqual(better);
  for (const { reason } of engine.unavailable) expect(reason.length).toBeGreaterThan(20);
  expect(Object.keys(engine.tf.engine().registry)).toEqual([candidates[engine.name].backend]);
});

describe("without a native binary", () => {
  it("trains in plain JavaScript, and says what is wrong with all others", () => {
    expect(openInChild({ env: WITHOUT_NATIVE })).toEqual({
      name: "cpu",
      unavailable: [
        { name: "native", reason: expect.stringMatching(/no \.node file .*npm rebuild/) },
        { name: "webgpu", reason: expect.stringMatching(/libvulkan1|driver/) },
        { name: "tensorflow-gpu", reason: expect.stringMatching(/NVIDIA|not installed/) },
        { name: "tensorflow", reason: expect.stringContaining("npm install @tensorflow/tfjs-node") },
        { name: "wasm", reason: expect.stringContaining("inference only") },
      ],
    });
  });

  it("predicts on WebAssembly", () => {
    expect(openInChild({ training: false, env: WITHOUT_NATIVE })).toMatchObject({
      name: "wasm",
      unavailable: [
        { name: "native" },
        { name: "webgpu" },
        { name: "tensorflow-gpu" },
        { name: "tensorflow" },
      ],
    });
  });

  it("trains on tfjs-node, with no comparison where that is all there is", async () => {
    await writeTfjsNode(folder, FAST_TFJS_NODE);
    const env = { ...WITHOUT_NATIVE, CONVKIT_TFJS_NODE: folder };
    expect(openInChild({ env })).toMatchObject({
      name: "tensorflow",
      unavailable: [{ name: "native" }, { name: "webgpu" }, { name: "tensorflow-gpu" }],
    });
  });

  it("is an EngineUnavailableError to who asks for it by name", () => {
    expect(openInChild({ preference: "native", env: WITHOUT_NATIVE })).toMatchObject({
      error: "EngineUnavailableError",
      message: expect.stringContaining("npm rebuild @convkit/tfjs-backend-native"),
    });
  });
});

describe("a misspelt variable", () => {
  it.each([
    ["CONVKIT_ISA", "mmx", "UnknownIsaError"],
    ["CONVKIT_THREADS", "many", "InvalidThreadCountError"],
  ])("%s=%s is said, and no slower engine taken for it", (variable, value, error) => {
    for (const preference of ["auto", "native"] as const) {
      expect(openInChild({ preference, env: { [variable]: value } })).toEqual({
        error,
        message: expect.stringContaining(`Unset ${variable}`),
      });
    }
  });
});

describe("bfloat16", () => {
  it("is an error where no engine has it, with the way out", () => {
    expect(openInChild({ precision: "bf16", env: WITHOUT_NATIVE })).toEqual({
      error: "PrecisionUnavailableError",
      message: expect.stringMatching(
        /^Expected an engine that computes in bf16\. Received: native, .*cpu, which computes in float32 alone\. .*--precision f32/,
      ),
    });
    expect(openInChild({ preference: "cpu", precision: "bf16" })).toMatchObject({
      error: "PrecisionUnavailableError",
      message: expect.stringContaining("cpu, which computes in float32 alone"),
    });
    expect(openInChild({ precision: "bf16", env: { CONVKIT_ISA: "portable" } })).toMatchObject({
      error: "PrecisionUnavailableError",
      message: expect.stringMatching(/native, which says: .*CONVKIT_ISA \(in use: portable\)/),
    });
  });

  it("is the process's, as the last call asked for it", async () => {
    const engine = await openEngine();
    if (!engine.precisions.includes("bf16")) return expect(engine.precisions).toEqual(["f32"]);
    const faster = await openEngine("auto", { precision: "bf16" });
    expect(faster).toMatchObject({ precision: "bf16", device: expect.stringMatching(/, bf16 by \S+$/) });
    const { tf } = faster;
    // 1 + 2⁻⁹ is 1 in bfloat16.
    const y = () =>
      tf.tidy(
        () =>
          tf
            .conv2d(tf.fill<Rank.R4>([1, 1, 1, 16], 1 + 2 ** -9), tf.ones<Rank.R4>([1, 1, 16, 16]), 1, "same")
            .dataSync()[0],
      );
    expect(y()).toBe(16);
    expect(await openEngine("native")).toEqual(engine);
    expect(y()).toBe(16 + 2 ** -5);
  });
});

describe("tfjs-node on Node 23 and later", () => {
  it("finds what its Node no longer has", async () => {
    const program = `
      const util = require("node:util");
      if (!util.isNullOrUndefined(undefined) || !util.isNullOrUndefined(null) || util.isNullOrUndefined(0))
        throw new Error("isNullOrUndefined does not do what it did");
      if (!util.isArray([]) || util.isArray({})) throw new Error("isArray does not do what it did");
      ${FAST_TFJS_NODE}`;
    await writeTfjsNode(folder, program);
    const before = `
      const { default: util } = await import("node:util");
      delete util.isNullOrUndefined;
      delete util.isArray;`;
    const opened = openInChild({ preference: "tensorflow", before, env: { CONVKIT_TFJS_NODE: folder } });
    expect(opened).toEqual({ name: "tensorflow", unavailable: [] });
  });
});
