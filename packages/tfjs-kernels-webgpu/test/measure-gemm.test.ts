import { Rng } from "@convkit/random";
import { afterEach, describe, expect, it } from "vitest";
import { type GemmTable, isGemmTable, useGemmTable, WORKLOADS } from "../src/gemm/gemm-table.js";
import type { MatrixUnits } from "../src/gemm/matrix-units.js";
import { measureF16, measureGemm } from "../src/gemm/measure-gemm.js";
import { type Proof, whyNotUnits } from "../src/gemm/prove-units.js";
import { nameOfTile, TILES, UNIT_TILES } from "../src/gemm/tile.js";
import { conv2D } from "../src/kernels/conv2d.js";
import { batchMatMul } from "../src/kernels/mat-mul.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { emulatedUnits } from "./emulated-units.js";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

// A device in software compiles a large tile for half a minute.
const SMALLEST = TILES.slice(-1);
const SMALLEST_OF_UNITS = [{ ...UNIT_TILES.at(-1)!, k: 16 }];
const SOME_TILES = TILES.filter(({ shareM, shareN }) => shareM * shareN === 16);

const QUICK = { batchSize: 1, repetitions: 1, channelDivisor: 8 };

const EMULATED = emulatedUnits({ m: 16, n: 8, k: 16, subgroupSize: 32 });

const TABLE: GemmTable = {
  formatVersion: 1,
  threads: Object.fromEntries(
    WORKLOADS.map(({ name }) => [
      name,
      Object.fromEntries(TILES.map((tile, i) => [nameOfTile(tile), 9 - i])),
    ]),
  ),
  f16: { units: {}, matrixUnits: { reason: "there are none" } },
};

await describeOnGpu("what is measured of products of matrices", (backend) => {
  const untouched = {
    matrixUnits: null,
    tileOrder: null,
    unprovenUnits: backend.unprovenUnits,
    precision: "f32",
  };
  afterEach(() => void Object.assign(backend, untouched));
  const hasF16 = backend.device.features.has("shader-f16");

  it("is a table, which outlives the process as JSON", async () => {
    const measured = await measureGemm(backend, {
      batchSize: 1,
      repetitions: 1,
      tiles: SMALLEST,
    });
    expect(measured.f16).toBeNull();
    expect(backend).toMatchObject(untouched);
    const table: unknown = JSON.parse(JSON.stringify(measured));
    expect(isGemmTable(backend, table)).toBe(true);
    expect(Object.keys(measured.threads)).toEqual(WORKLOADS.map(({ name }) => name));
    for (const times of Object.values(measured.threads)) {
      expect(Object.keys(times)).toEqual(SMALLEST.map(nameOfTile));
      expect(Math.min(...Object.values(times))).toBeGreaterThan(0);
    }
  });

  it.runIf(hasF16)("is so of float16, too, where no matrix units can be used", async () => {
    const f16 = await measureF16(backend, TABLE, { unitTiles: [] });
    expect(f16.units).toEqual({});
    expect(f16.matrixUnits).toMatchObject({ reason: expect.stringMatching(/GPU has none|no tile fits/) });
    expect(backend).toMatchObject(untouched);
    expect(isGemmTable(backend, JSON.parse(JSON.stringify({ ...TABLE, f16 })))).toBe(true);
  });

  it("chooses tiles, and changes no bit", async () => {
    const rng = Rng.fromSeed(testSeed);
    const inputs = { a: randomValues(rng.split("a"), [40, 400]), b: randomValues(rng.split("b"), [400, 40]) };
    const product = async () =>
      (await callKernel(backend, batchMatMul, {
        inputs,
        attrs: { transposeA: false, transposeB: false },
      }))![0]!;
    const before = await product();
    for (const tile of SOME_TILES) {
      backend.tileOrder = () => [tile];
      expect(await product(), nameOfTile(tile)).toEqual(before);
    }
  });

  it("is used for the workload that a product is like", () => {
    const [first] = WORKLOADS.filter(({ isAcross }) => !isAcross);
    const slow = {
      ...TABLE.threads,
      [first!.name]: { [nameOfTile(TILES[2]!)]: 1, [nameOfTile(TILES[1]!)]: 2 },
    };
    useGemmTable(backend, { ...TABLE, threads: slow });
    const orderOf = (m: number, n: number, isAcross: boolean) =>
      backend.tileOrder!({ m, n, isAcross }, false).map((tile) => TILES.indexOf(tile));
    expect(orderOf(50_000, 24, false)).toEqual([2, 1, 0, 3, 4, 5]);
    expect(orderOf(2048, 512, false)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(orderOf(288, 32, true)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it.each([
    ["nothing", null],
    ["another format", { ...TABLE, formatVersion: 2 }],
    [
      "an unknown tile",
      { ...TABLE, threads: { ...TABLE.threads, [WORKLOADS[0]!.name]: { "7x7x7/1x1": 1 } } },
    ],
    [
      "a time that is none",
      { ...TABLE, threads: { ...TABLE.threads, [WORKLOADS[0]!.name]: { "32x32x16/4x4": null } } },
    ],
    ["a workload less", { ...TABLE, threads: {} }],
    ["matrix units of another GPU", { ...TABLE, f16: { units: {}, matrixUnits: { name: "4x4x4 of 4" } } }],
    ["nothing of float16", { ...TABLE, f16: undefined }],
  ])("is refused where it holds %s", (_, table) => {
    expect(isGemmTable(backend, TABLE)).toBe(true);
    expect(isGemmTable(backend, table)).toBe(false);
    expect(() => useGemmTable(backend, table as never)).toThrow(/Expected a table.*Measure it anew/);
    expect(backend.tileOrder).toBeNull();
  });

  describe.runIf(hasF16)("matrix units", () => {
    /** A device in software compiles a program in emulation for half a minute; matrix-units.test.ts has all forms. */
    const proof: Proof = { channels: [[5, 10]], products: ["convolution"] };
    const why = (units: MatrixUnits) => {
      backend.precision = "f16";
      return whyNotUnits(backend, units, SMALLEST_OF_UNITS, proof);
    };

    it("are used where their sums are right, and not much more time is taken", async () => {
      expect(await why(EMULATED)).toBeNull();
      const [first] = [...backend.unprovenUnits, EMULATED];
      Object.assign(backend, { ...untouched, unprovenUnits: [first] });
      const options = {
        ...QUICK,
        tiles: SMALLEST.slice(-1),
        unitTiles: SMALLEST_OF_UNITS,
        proof,
      };
      const table = await measureGemm(backend, options);
      const { matrixUnits, units } = await measureF16(backend, table, options);
      if ("name" in matrixUnits) expect(matrixUnits.name).toBe(first.name);
      else expect(matrixUnits.reason).toMatch(/^they are slower: \d+\.\d ms instead of \d+\.\d ms$/);
      expect(Object.keys(units).length).toBe("name" in matrixUnits ? WORKLOADS.length : 0);
    });

    it("are not used where their sums are wrong", async () => {
      const wrong = { ...EMULATED, name: "wrong", loadB: () => "0" };
      expect(await why(wrong)).toMatch(/^their sums are wrong: -?\d+ instead of -?\d+$/);
    });

    it("are not used where WebGPU refuses them, of which the backend hears nothing", async () => {
      const refused = { ...EMULATED, name: "refused", enables: "enable no_such_thing;" };
      expect(await why(refused)).toMatch(/WGSL.*expected extension/);
      Object.assign(backend, untouched);
      const rng = Rng.fromSeed(testSeed);
      const inputs = { x: randomValues(rng, [1, 4, 4, 4]), filter: randomValues(rng, [3, 3, 4, 8]) };
      const attrs = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };
      expect((await callKernel(backend, conv2D, { inputs, attrs }))![0]!.shape).toEqual([1, 4, 4, 8]);
    });
  });
});
