import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { GemmTable, WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openEngine } from "../src/open-engine.js";
import { findAdapter } from "../src/webgpu/adapters.js";
import { tuneGemm, type TuneGemmOptions } from "../src/webgpu/gemm-tables.js";
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

describe.skipIf(VULKAN === "")("what is measured of a GPU", () => {
  const file = path.join(cache, "convkit", "gpu-programs.json");
  const KEY = "this GPU";
  const LATER = "they are tried when --precision f16 is first used";
  const tile = { m: 32, n: 32, k: 16, shareM: 4, shareN: 4 };
  interface Kept {
    tables: Record<string, GemmTable>;
    trials: Record<string, number[]>;
  }
  const kept = async () => JSON.parse(await readFile(file, "utf8")) as Kept;
  const write = (content: object) => writeFile(file, JSON.stringify({ formatVersion: 2, ...content }));
  const opened = async () => (await openEngine("webgpu")).tf.backend() as unknown as WebgpuBackend;
  const tune = async (more: TuneGemmOptions = {}) =>
    tuneGemm(await opened(), KEY, {
      ...{ batchSize: 1, repetitions: 1, channelDivisor: 8 },
      ...{ tiles: [tile], unitTiles: [] },
      ...more,
    });
  afterEach(async () => Object.assign(await opened(), { tileOrder: null, precision: "f32" }));

  it("is so once, and again where what was kept is of no use", async () => {
    expect(await tune()).toBe(LATER);
    const table = (await kept()).tables[KEY]!;
    const { threads } = table;
    expect(table.f16).toBeNull();
    const said = { ...table, f16: { units: {}, matrixUnits: { reason: "it was said" } } };
    await write({ tables: { another: {}, [KEY]: said }, trials: {} });
    expect(await tune({ f16: true })).toBe("it was said");
    const unknown = { ...said, threads: { ...threads, [Object.keys(threads)[0]!]: { "9x9x9/9x9": 1 } } };
    await write({ tables: { another: {}, [KEY]: unknown } });
    expect(await tune()).toBe(LATER);
    expect(Object.keys((await kept()).tables)).toEqual(["another", KEY]);
    await writeFile(file, '{"formatVersion":2,"tab');
    expect(await tune()).toBe(LATER);
    expect(Object.keys((await kept()).tables)).toEqual([KEY]);
  });

  describe("in float16", () => {
    beforeEach(async ({ skip }) => {
      if (!(await opened()).device.features.has("shader-f16")) skip("The GPU has none.");
    });
    const GIVEN_UP = `processes failed or ended while they tried them. To have them tried again, remove ${file}`;
    const tried = async (pids: number[]) => {
      await tune();
      await write({ tables: (await kept()).tables, trials: { [KEY]: pids } });
    };
    /** A process that has ended. */
    const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);

    it("keeps why matrix units are not used, and forgets who tried", async () => {
      await tried([gone, gone]);
      const reason = await tune({ f16: true });
      expect(reason).toMatch(/GPU has none|no tile fits/);
      expect(await kept()).toMatchObject({
        tables: { [KEY]: { f16: { matrixUnits: { reason } } } },
        trials: {},
      });
      expect((await kept()).trials).toEqual({});
    });

    it("gives matrix units up where processes ended over them, but not for those that are still at it", async () => {
      await rm(file);
      await tried([process.ppid, process.ppid, process.ppid]);
      expect(await tune({ f16: true })).not.toBe(GIVEN_UP);
      await rm(file);
      await tried([gone, gone, process.pid]);
      expect(await tune({ f16: true })).toBe(GIVEN_UP);
    });

    it("throws where trying fails, and does not try again", async () => {
      await rm(file);
      const backend = await opened();
      const loss = new Error("the GPU is gone");
      const { unprovenUnits } = backend;
      const failing = new Proxy([], {
        get: () => {
          throw loss;
        },
      });
      Object.assign(backend, { unprovenUnits: failing });
      await expect(tune({ f16: true })).rejects.toBe(loss);
      Object.assign(backend, { unprovenUnits });
      expect((await kept()).tables[KEY]!.f16).toBeNull();
      expect(await tune({ f16: true })).toBe(GIVEN_UP);
    });

    it("takes what another process has kept meanwhile", async () => {
      await rm(file);
      await tune();
      const { tables } = await kept();
      const others = { ...tables[KEY]!, f16: { units: {}, matrixUnits: { reason: "the other was first" } } };
      const mine = tune({ f16: true });
      await write({ tables: { [KEY]: others }, trials: {} });
      expect(await mine).toBe("the other was first");
    });
  });
});
