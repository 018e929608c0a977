import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { GemmTable, WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { afterAll, expect, it, vi } from "vitest";
import { openEngine } from "../src/open-engine.js";
import { findAdapter } from "../src/webgpu/adapters.js";
import { tuneGemm } from "../src/webgpu/gemm-tables.js";
import { runEngineSuite } from "./engine-suite.js";
import { VULKAN } from "./software-vulkan.js";

vi.stubEnv("CONVKIT_VULKAN", VULKAN);
const cache = await mkdtemp(path.join(tmpdir(), "convkit-gpu-programs-"));
vi.stubEnv("XDG_CACHE_HOME", cache);
afterAll(() => rm(cache, { recursive: true }));
await runEngineSuite("webgpu");

it.skipIf(VULKAN === "")("says which GPU it is, and what of it kernels can use", async () => {
  const { adapter } = await openEngine("webgpu");
  expect(adapter).toMatchObject({ name: expect.stringMatching(/\w/), driver: expect.stringMatching(/\d/) });
  expect(adapter!.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
  expect(adapter!.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
});

it.skipIf(VULKAN === "")(
  "has Dawn's features switched on, which Dawn would ignore in silence if misspelt",
  async () => {
    const { adapter } = await findAdapter();
    // Shown to those alone who allow unsafe features.
    expect([...adapter.features].filter((name) => name.startsWith("chromium-experimental"))).not.toEqual([]);
  },
);

it.skipIf(VULKAN === "")("measures nothing on a GPU in software", async () => {
  const { adapter } = await openEngine("webgpu");
  expect(adapter!.matrixUnitsUnused).toBe("it computes in software");
});

it.skipIf(VULKAN === "")("measures a GPU once, and again where what it kept is of no use", async () => {
  const backend = (await openEngine("webgpu")).tf.backend() as unknown as WebgpuBackend;
  const tile = { m: 32, n: 32, k: 16, shareM: 4, shareN: 4 };
  const tune = () =>
    tuneGemm(backend, "this GPU", {
      ...{ batchSize: 1, repetitions: 1, channelDivisor: 8 },
      ...{ tiles: [tile], unitTiles: [] },
    });
  const file = path.join(cache, "convkit", "gpu-programs.json");
  const kept = async () => JSON.parse(await readFile(file, "utf8")) as { tables: Record<string, GemmTable> };

  const reason = await tune();
  const { tables } = await kept();
  const table = tables["this GPU"]!;
  expect(table.matrixUnits).toEqual({ reason });
  const said = { ...table, matrixUnits: { reason: "it was said" } };
  await writeFile(file, JSON.stringify({ formatVersion: 1, tables: { another: {}, "this GPU": said } }));
  expect(await tune()).toBe("it was said");
  const unknown = {
    ...said,
    threads: { ...said.threads, [Object.keys(said.threads)[0]!]: { "9x9x9/9x9": 1 } },
  };
  await writeFile(file, JSON.stringify({ formatVersion: 1, tables: { another: {}, "this GPU": unknown } }));
  expect(await tune()).toBe(reason);
  expect(Object.keys((await kept()).tables)).toEqual(["another", "this GPU"]);
  await writeFile(file, '{"formatVersion":1,"tab');
  expect(await tune()).toBe(reason);
  expect(Object.keys((await kept()).tables)).toEqual(["this GPU"]);
  await writeFile(file, JSON.stringify({ formatVersion: 1, tables: { "this GPU": { attempts: 3 } } }));
  const hasF16 = backend.device.features.has("shader-f16");
  expect(await tune()).toBe(hasF16 ? "processes failed or ended while they tried them" : reason);
  Object.assign(backend, { tileOrder: null });
});
