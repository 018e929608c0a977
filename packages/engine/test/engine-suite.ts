/** The same promises, held against every engine. Each runs it in a file, and so a process, of its own. */
import type { Tensor4D } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { EngineAlreadyOpenError, EngineUnavailableError } from "../src/engine-errors.js";
import type { Engine } from "../src/engine.js";
import { ENGINE_ORDER, type EngineName } from "../src/engine-order.js";
import { measureEngine } from "../src/measure-engine.js";
import { openEngine } from "../src/open-engine.js";

/** Runs the suite; says plainly that it did not, and why, where this machine lacks the engine. */
export async function runEngineSuite(name: EngineName): Promise<void> {
  let engine: Engine;
  try {
    engine = await openEngine(name);
  } catch (error) {
    if (!(error instanceof EngineUnavailableError) || name === "cpu") throw error;
    process.stderr.write(`NOT RUN: the engine suite on "${name}": ${error.reason}\n`);
    describe(`engine ${name}`, () => it.skip(`not run: ${error.reason}`, () => {}));
    return;
  }
  const { tf } = engine;

  describe(`engine ${name}`, () => {
    it("says what it is", () => {
      expect(engine).toMatchObject({ name, unavailable: [], canTrain: name !== "wasm" });
      expect(engine.device).toMatch(/\w+ \(\w+\)/);
      expect(engine.versions.tfjs).toBe(tf.version.tfjs);
      expect(Object.values(engine.versions).every((version) => /^\d+\.\d+\.\d+/.test(version))).toBe(true);
      expect(engine.threads === null || engine.threads >= 1).toBe(true);
    });

    it("is the backend that tfjs uses, and started no other", () => {
      const backend = name === "tensorflow-gpu" ? "tensorflow" : name;
      expect(tf.getBackend()).toBe(backend);
      expect(Object.keys(tf.engine().registry)).toEqual([backend]);
    });

    it("can train exactly if it has the kernel that training needs", () => {
      expect(tf.getKernel("Conv2DBackpropFilter", tf.getBackend()) !== undefined).toBe(engine.canTrain);
    });

    it("convolves", async () => {
      // 3×3 pixels 1…9; a 2×2 filter of ones sums each window: 1+2+4+5, 2+3+5+6, 4+5+7+8, 5+6+8+9.
      const y = tf.tidy(() => {
        const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
        return tf.conv2d(x, tf.tensor4d([1, 1, 1, 1], [2, 2, 1, 1]), 1, "valid");
      });
      expect([...(await y.data())]).toEqual([12, 16, 24, 28]);
      y.dispose();
    });

    it.runIf(engine.canTrain)("differentiates a convolution with max-pooling", async () => {
      const [dx, dFilter] = tf.tidy(() => {
        const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
        const filter = tf.tensor4d([1, 0, 0, 1], [2, 2, 1, 1]);
        // The window of 5 and 9 wins the pool: only it gets a gradient.
        const [dx, dFilter] = tf.grads((a, b) =>
          tf.sum(tf.maxPool(tf.conv2d(a as Tensor4D, b as Tensor4D, 1, "valid"), 2, 2, "valid")),
        )([x, filter]);
        return [dx!, dFilter!] as const;
      });
      expect([...(await dx.data())]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 1]);
      expect([...(await dFilter.data())]).toEqual([5, 6, 8, 9]);
      tf.dispose([dx, dFilter]);
    });

    it.runIf(engine.canTrain)("learns: a small network tells bright from dark", async () => {
      const initializer = (seed: number) => tf.initializers.glorotUniform({ seed });
      const layers = [
        tf.layers.conv2d({
          inputShape: [6, 6, 1],
          filters: 4,
          kernelSize: 3,
          activation: "relu",
          kernelInitializer: initializer(1),
        }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, activation: "softmax", kernelInitializer: initializer(2) }),
      ];
      const model = tf.sequential({ layers });
      model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: "sparseCategoricalCrossentropy" });
      const images = tf.tidy(() =>
        tf.concat([
          tf.randomUniform([16, 6, 6, 1], 0, 0.4, "float32", 1),
          tf.randomUniform([16, 6, 6, 1], 0.6, 1, "float32", 2),
        ]),
      );
      const labels = tf.tensor1d([...new Array(16).fill(0), ...new Array(16).fill(1)]);
      const losses: number[] = [];
      for (let step = 0; step < 40; step++) losses.push(Number(await model.trainOnBatch(images, labels)));
      model.dispose();
      model.optimizer.dispose();
      tf.dispose([images, labels]);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    });

    it("is opened once: the same answer for its name and for auto", async () => {
      const backend = tf.getBackend();
      await tf.setBackend("cpu");
      expect(await openEngine(name)).toBe(engine);
      expect(tf.getBackend()).toBe(backend);
      expect(await openEngine("auto", { training: engine.canTrain })).toBe(engine);
    });

    it("does not give way to another engine", async () => {
      const other = ENGINE_ORDER.find((candidate) => candidate !== name)!;
      await expect(openEngine(other)).rejects.toThrow(EngineAlreadyOpenError);
      if (!engine.canTrain) await expect(openEngine("auto")).rejects.toThrow(EngineAlreadyOpenError);
    });

    it("is measured, and leaves no tensor behind", async () => {
      const tensorsBefore = tf.memory().numTensors;
      const speed = await measureEngine(engine, { durationMs: 0 });
      expect(speed.measured).toBe(engine.canTrain ? "training step" : "forward pass");
      expect(speed.steps).toBe(1);
      // Two convolutions of 1.18 MFLOP forward; five with gradients.
      const megaflops = (speed.gflopsPerSecond / speed.imagesPerSecond) * 1e3;
      expect(megaflops).toBeCloseTo(engine.canTrain ? 5.898 : 2.359, 3);
      expect(tf.memory().numTensors).toBe(tensorsBefore);
    });
  });
}
