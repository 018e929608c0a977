import { expect, it } from "vitest";
import type { GpuReport, GpuRow } from "./gpu-report.js";
import { formatGpuTable } from "./gpu-table.js";

function report(backend: string, parts: Record<string, GpuRow[]>, errors: string[] = []): GpuReport {
  const withErrors = Object.entries(parts).map(([name, rows]) => [name, { seconds: 1, rows, errors: [] }]);
  return {
    date: "2025-01-01T00:00:00.000Z",
    backend,
    versions: { tfjs: "4.22.0" },
    adapter: {
      name: "NVIDIA H200",
      vendor: "nvidia",
      architecture: "hopper",
      driver: "580",
      isSoftware: false,
      features: ["shader-f16"],
      matrixUnits: ["f16 to f32, 16×16×16"],
      limits: {},
    },
    parts: Object.fromEntries(withErrors),
    errors,
  };
}

const rate = (name: string, value: number): GpuRow => ({ name, value, unit: "GFLOP/s" });

const CONVKIT = report("convkit", {
  "f32 gemm": [rate("1024³", 33_450)],
  "f32 resnet18": [
    {
      name: "batch 512",
      value: 2000,
      unit: "images/s",
      details: { msPerStep: 256, queueMs: 3.14159, dispatches: 210 },
    },
  ],
  "f16 resnet18": [rate("batch 512", 6000), rate("batch 1024", 7000)],
  "f32 cifar10-airbench94": [{ name: "accuracy", value: 94.039, unit: "%", details: { seconds: 61.26 } }],
});

it("sets what each measured side by side, with ratios and shares of the datasheet", () => {
  const stock = report("stock", { "f32 resnet18": [rate("batch 512", 250)] });
  const pytorch = report("PyTorch", {
    gemm: [rate("1024³, TF32", 127_319)],
    resnet18: [rate("batch 512, f32", 8000), rate("batch 512, bf16", 12_000)],
  });
  const text = formatGpuTable({ convkit: CONVKIT, stock, pytorch });
  expect(text).toContain("| 1024³ | 33,450 (50 % of the datasheet) | – | – | – | 127,319 | – |");
  expect(text).toContain(
    "| resnet18, batch 512 | 2,000 | 6,000 | 250 | 8,000 | – | 12,000 | 8.00 | 0.25 | 0.50 | " +
      "256 ms, 3.14 ms of it recording 210 dispatches |",
  );
  expect(text).toContain("| resnet18, batch 1024 | – | 7,000 | – |");
  expect(text).toContain("CIFAR-10, f32 cifar10-airbench94: 94.04 % in 61.3 s.");
  expect(text).not.toMatch(/^- /m);
});

it("says who was not measured, and why", () => {
  const stock = report("stock", {}, ["Expected a Vulkan driver."]);
  const text = formatGpuTable({ convkit: CONVKIT, stock, pytorch: null });
  expect(text).toContain("- stock: Expected a Vulkan driver.");
  expect(text).toContain("- pytorch: not measured: its process left nothing behind.");
});
