import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

const FILL = {
  key: "fill for a test",
  wgsl: () => `
struct Uniforms { value: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> u: Uniforms;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) { y[id.x] = u.value; }`,
};

await describeOnGpu("the backend", (backend) => {
  it("gives every tensor its own numbers, however buffers change hands before they are submitted", async () => {
    const rng = Rng.fromSeed(testSeed).split("hands");
    /** Of a few sizes, so that each buffer has many owners; larger than what tfjs computes on the CPU. */
    const sizes = [1024, 2048];
    const live: { tensor: tf.Tensor; value: number }[] = [];
    for (let step = 0; step < 400; step++) {
      const choice = rng.int(4);
      if (choice === 0 || live.length < 2) {
        const value = rng.int(1000);
        const values = new Float32Array(sizes[rng.int(2)]!).fill(value);
        live.push({ tensor: tf.tensor1d(values), value });
        // Uploaded now: tfjs would wait until a kernel asks.
        backend.uploadToGPU(live.at(-1)!.tensor.dataId);
      } else if (choice === 1) {
        live.splice(rng.int(live.length), 1)[0]!.tensor.dispose();
      } else {
        const { tensor, value } = live[rng.int(live.length)]!;
        live.push({ tensor: tf.add(tf.mul(tensor, 0.5), step), value: Math.fround(value * 0.5) + step });
      }
    }
    for (const { tensor, value } of live) {
      const values = await tensor.data();
      expect(values[0]).toBeCloseTo(value, 1);
      expect(values.every((each) => each === values[0])).toBe(true);
      tensor.dispose();
    }
  });

  it("reads what a variable holds now, although it was read while it was written over", async () => {
    const tensor = tf.tensor1d(new Float32Array(2048).fill(1));
    const early = tensor.data();
    const buffer = backend.ownBufferOf(tensor);
    backend.dispatch(FILL, { buffers: [buffer], uniforms: { floats: [2] }, workgroups: [8, 1, 1] });
    expect((await early)[0]).toBe(1);
    expect((await tensor.data())[0]).toBe(2);
    tensor.dispose();
  });

  it("cumulates from the end whatever length came before", async () => {
    for (const length of [5, 3, 4]) {
      const x = tf.range(1, length + 1);
      const [sums, products] = [tf.cumsum(x, 0, false, true), tf.cumprod(x, 0, false, true)];
      const ahead = Array.from({ length }, (_, i) => Array.from({ length: length - i }, (_, j) => i + j + 1));
      expect([...(await sums.data())]).toEqual(ahead.map((each) => each.reduce((a, b) => a + b)));
      expect([...(await products.data())]).toEqual(ahead.map((each) => each.reduce((a, b) => a * b)));
      tf.dispose([x, sums, products]);
    }
  });

  it("sums more columns than a dispatch has workgroups", async () => {
    const columns = 8 * 65_536;
    const total = tf.tidy(() => tf.sum(tf.ones([2, columns]), 0));
    const values = await total.data();
    expect(values.every((value) => value === 2)).toBe(true);
    total.dispose();
  });
});
