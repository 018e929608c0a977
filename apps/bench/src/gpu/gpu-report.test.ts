import { expect, it } from "vitest";
import { formatGpuReport, type GpuReport } from "./gpu-report.js";

const report: GpuReport = {
  date: "2025-01-01T00:00:00.000Z",
  versions: {},
  backend: "convkit",
  adapter: {
    name: "llvmpipe",
    vendor: "mesa",
    architecture: "software",
    driver: "Mesa 25",
    isSoftware: true,
    features: ["shader-f16", "subgroups"],
    matrixUnits: [],
    limits: {},
  },
  parts: {
    gemm: {
      seconds: 1.5,
      rows: [{ name: "1024", value: 12_345.6, unit: "GFLOP/s", details: { ms: 0.123456, rounds: 7 } }],
      errors: [],
    },
    resnet20: { seconds: 2, rows: [], errors: ["Expected a buffer. Received: none."] },
  },
  errors: [],
};

it("prints what was measured, and beside it what was not", () => {
  expect(formatGpuReport(report)).toBe(`Adapter: mesa, software, llvmpipe, Mesa 25.
shader-f16: yes. Matrix units: none.

| part | what | value | besides |
| --- | --- | --- | --- |
| gemm | 1024 | 12346 GFLOP/s | ms 0.123, rounds 7 |

- Error: resnet20: Expected a buffer. Received: none.`);
});

it("says that there was no adapter, and why", () => {
  const text = formatGpuReport({ ...report, adapter: null, parts: {}, errors: ["No driver."] });
  expect(text).toBe("No adapter.\n\n- Error: No driver.");
});
