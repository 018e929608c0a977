import { expect, it } from "vitest";
import { lossScaleFor } from "./loss-scale.js";

it("lifts gradients in float16 by a power of two that grows with the batch", () => {
  expect(lossScaleFor({ precision: "f16", batchSize: 512 })).toBe(65_536);
  expect(lossScaleFor({ precision: "f16", batchSize: 100 })).toBe(16_384);
  expect(lossScaleFor({ precision: "f16", batchSize: 1 })).toBe(128);
});

it("leaves gradients alone in float32 and bfloat16, which has its range", () => {
  expect(lossScaleFor({ precision: undefined, batchSize: 512 })).toBe(1);
  expect(lossScaleFor({ precision: "f32", batchSize: 512 })).toBe(1);
  expect(lossScaleFor({ precision: "bf16", batchSize: 512 })).toBe(1);
});
