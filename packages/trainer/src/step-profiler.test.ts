import { Rng } from "@convkit/random";
import type { StepProfile } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { buildSmallNetwork } from "../test/small-network.js";
import { squaresLoader } from "../test/squares.js";
import type { Callback } from "./callback.js";
import { fit } from "./fit.js";
import { weightsByName } from "./named-tensors.js";
import { createOptimizer } from "./optimizer.js";
import { describeProfile, profileWithin, StepProfiler } from "./step-profiler.js";

async function profileOf(
  options: { batches: number; skip?: number },
  { epochs = 1, callbacks = [] }: { epochs?: number; callbacks?: Callback[] } = {},
) {
  const profiles: StepProfile[] = [];
  const model = buildSmallNetwork();
  const spec = { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 0 } as const;
  const optimizer = createOptimizer(spec, weightsByName(model, "trainable"));
  const kernelsBefore = tf.getKernelsForBackend(tf.getBackend());
  await fit({
    model,
    optimizer,
    schedule: () => 0.01,
    loader: squaresLoader(40, 8),
    epochs,
    callbacks,
    rng: Rng.fromSeed(0),
    profiler: new StepProfiler(options, (profile) => profiles.push(profile)),
  });
  const weights = await Promise.all(
    [...weightsByName(model).values()].map(async (weight) => [...(await weight.data())]),
  );
  optimizer.dispose();
  model.dispose();
  expect(new Set(tf.getKernelsForBackend(tf.getBackend()))).toEqual(new Set(kernelsBefore));
  return { profiles, weights };
}

describe("StepProfiler", () => {
  it("measures so many batches behind the first ones, across epochs, once", async () => {
    const { profiles } = await profileOf({ batches: 4, skip: 3 }, { epochs: 4 });
    expect(profiles).toHaveLength(1);
    expect(profiles[0]).toMatchObject({
      formatVersion: 1,
      batches: 4,
      batchSize: 8,
      backend: tf.getBackend(),
    });
  });

  it("divides a batch's time into phases, and names what ran with how often", async () => {
    const { profiles } = await profileOf({ batches: 5, skip: 0 });
    const { phases, durationMs, kernels } = profiles[0]!;
    const sum = Object.values(phases).reduce((total, ms) => total + ms);
    expect(sum).toBeCloseTo(durationMs, 9);
    expect(Math.min(phases.forward, phases.backward, phases.update)).toBeGreaterThan(0);
    const own = kernels.reduce((total, kernel) => total + kernel.durationMs, 0);
    expect(own).toBeLessThanOrEqual(durationMs);
    const convolution = kernels.find(({ name }) => name === "Conv2DBackpropFilter")!;
    expect(convolution).toMatchObject({ calls: 1, shapes: "8×8×8×3, 8×3×3×8" });
    expect(kernels.map(({ durationMs: ms }) => ms)).toEqual(
      kernels.map(({ durationMs: ms }) => ms).toSorted((a, b) => b - a),
    );
  });

  it("changes nothing in what is trained", async () => {
    const [measured, other] = [await profileOf({ batches: 3 }), await profileOf({ batches: 1, skip: 100 })];
    expect(measured.weights).toEqual(other.weights);
    expect(other.profiles).toEqual([]);
  });

  it("tells what it has when training ends before it is done", async () => {
    const stopAtFour: Callback = {
      name: "stopAtFour",
      onStepEnd: ({ step, stop }) => void (step === 4 && stop("enough")),
    };
    const { profiles } = await profileOf({ batches: 50, skip: 2 }, { callbacks: [stopAtFour] });
    expect(profiles.map(({ batches }) => batches)).toEqual([2]);
  });
});

it("puts the kernels back where training throws, and tells nothing", async () => {
  const kernels = new Set(tf.getKernelsForBackend(tf.getBackend()));
  const failing: Callback = {
    name: "failing",
    onStepEnd: ({ step }) => {
      if (step === 3) throw new Error("full disk");
    },
  };
  const run = profileOf({ batches: 10, skip: 0 }, { callbacks: [failing] });
  await expect(run).rejects.toThrow("full disk");
  expect(new Set(tf.getKernelsForBackend(tf.getBackend()))).toEqual(kernels);
});

describe("profileWithin", () => {
  it("skips what settles, and half of the batches where there are no more", () => {
    const skipped = (left: number, skip?: number) =>
      profileWithin({ batches: 20, ...(skip !== undefined && { skip }) }, left).skip;
    expect([100, 6, 5, 4, 2, 1, 0].map((left) => skipped(left))).toEqual([5, 5, 2, 2, 1, 0, 0]);
    expect([skipped(3, 0), skipped(10, 8), skipped(8, 8)]).toEqual([0, 8, 4]);
  });
});

describe("describeProfile", () => {
  it("shows phases with their shares and the ten costliest kernels", () => {
    const kernels = Array.from({ length: 12 }, (_, i) => ({
      name: `Kernel${i}`,
      shapes: "2×2",
      calls: 1.5,
      durationMs: 12 - i,
    }));
    const phases = { data: 5, forward: 40, backward: 50, update: 4, rest: 1 };
    const profile = {
      formatVersion: 1,
      backend: "native",
      batches: 20,
      batchSize: 50,
      durationMs: 100,
    } as const;
    const lines = describeProfile({ ...profile, phases, kernels });
    expect(lines[0]).toBe("profile of 20 batches of 50 on native: 100.0 ms each, 500 pictures a second");
    expect(lines[2]).toBe("  forward       40.0 ms  40.0 %");
    expect(lines[6]).toBe("the 10 costliest of 12 kinds of kernel calls");
    expect(lines[7]).toBe("       12.0 ms  12.0 %  1.5 × Kernel0 (2×2)");
    expect(lines).toHaveLength(17);
    const onGpu = describeProfile({ ...profile, backend: "webgpu", phases, kernels });
    expect(onGpu).toHaveLength(18);
    expect(onGpu[6]).toContain("update holds the wait for the GPU");
  });
});
