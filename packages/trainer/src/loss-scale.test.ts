import { expect, it } from "vitest";
import { lossScaleFor } from "./loss-scale.js";

it("lifts gradients in float16 by a power of two, by the pictures of the batch at hand", () => {
  const scaleOf = lossScaleFor("f16")!;
  expect([512, 100, 3, 1].map(scaleOf)).toEqual([65_536, 8192, 256, 128]);
});

it("leaves gradients alone in float32, and in bfloat16, which has its range", () => {
  expect([undefined, "f32", "bf16"] as const).toSatisfy(
    (precisions: readonly ("f32" | "bf16" | undefined)[]) =>
      precisions.every((precision) => lossScaleFor(precision) === undefined),
  );
});
