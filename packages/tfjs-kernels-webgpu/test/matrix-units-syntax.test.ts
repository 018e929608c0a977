/** Dawn's device that executes nothing has matrix units, and checks programs for them as every other does. */
import { afterAll, expect, it } from "vitest";
import { gemmProgram } from "../src/gemm/gemm-program.js";
import { dawnUnits } from "../src/gemm/matrix-units.js";
import { plainForm } from "../src/gemm/plain-form.js";
import { UNIT_TILES } from "../src/gemm/tile.js";
import { convForm } from "../src/kernels/conv2d.js";
import { filterGradientForm } from "../src/kernels/conv2d-backprop-filter.js";
import { inputGradientForm } from "../src/kernels/conv2d-backprop-input.js";
import { openNullDevice } from "./open-device.js";

const device = await openNullDevice();
afterAll(() => device.destroy());

const FORMS = [4, 3].flatMap((channels) => {
  const both = { inChannels: channels, outChannels: channels };
  const sizes = { m: channels, n: channels, k: channels };
  return [
    plainForm(sizes),
    plainForm({ ...sizes, transposeA: true }),
    plainForm({ ...sizes, transposeB: true }),
    convForm(both),
    filterGradientForm(both),
    inputGradientForm(both),
  ];
});

const UNITS = [
  dawnUnits({ M: 16, N: 16, K: 16 }, { size: 32, isSet: false }),
  dawnUnits({ M: 16, N: 16, K: 16 }, { size: 64, isSet: true }),
  dawnUnits({ M: 8, N: 8, K: 8 }, { size: 32, isSet: false }),
  dawnUnits({ M: 8, N: 16, K: 16 }, { size: 16, isSet: true }),
];

it.each(UNITS)("programs for matrix units are what Dawn takes: $name", async (matrixUnits) => {
  for (const form of FORMS) {
    for (const tile of UNIT_TILES) {
      const program = gemmProgram(form, { tile, precision: "f16", matrixUnits });
      device.pushErrorScope("validation");
      const { messages } = await device.createShaderModule({ code: program.wgsl() }).getCompilationInfo();
      await device.popErrorScope();
      expect(
        messages.map(({ message }) => message),
        program.key,
      ).toEqual([]);
    }
  }
});

it("and what it does not take, it tells", async () => {
  device.pushErrorScope("validation");
  const code = `enable f16; enable chromium_experimental_subgroup_matrix;
    var<workgroup> aTile: array<vec4<f16>, 64>;
    @compute @workgroup_size(32) fn main(@builtin(local_invocation_index) t: u32) {
      let a = subgroupMatrixLoad<subgroup_matrix_left<f16, 8, 8>, row_major>(&aTile, t, 2);
    }`;
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  await device.popErrorScope();
  expect(messages.map(({ message }) => message).join()).toContain("to be uniform");
});
