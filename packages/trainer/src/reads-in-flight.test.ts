import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { readAndDispose, ReadsInFlight } from "./reads-in-flight.js";
import { usualStepsInFlight } from "./steps-in-flight.js";

it("reads as many passes behind as the backend computes behind the program, in their order", async () => {
  const most = usualStepsInFlight();
  expect(most > 1).toBe(tf.getBackend() === "webgpu");
  const got: number[] = [];
  const reads = new ReadsInFlight<number>((value) => got.push(value));
  const finish: ((value: number) => void)[] = [];
  const pending = () => new Promise<number>((resolve) => finish.push(resolve));
  // None of these waits.
  for (let i = 1; i < most; i++) await reads.add(pending());
  let hasRoom = false;
  const last = reads.add(pending()).then(() => (hasRoom = true));
  // Later ones are done before the first.
  for (let i = most - 1; i > 0; i--) finish[i]!(i);
  await new Promise((resolve) => setImmediate(resolve));
  expect([hasRoom, got]).toEqual([false, []]);
  finish[0]!(0);
  await last;
  expect(got).toEqual([0]);
  await reads.land();
  expect(got).toEqual(Array.from({ length: most }, (_, i) => i));
});

it("throws what a read threw, and counts nothing behind it", async () => {
  const got: number[] = [];
  const reads = new ReadsInFlight<number>((value) => got.push(value));
  await expect(
    (async () => {
      await reads.add(Promise.resolve(1));
      await reads.add(Promise.reject(new Error("the GPU is gone")));
      await reads.add(Promise.resolve(3));
      await reads.land();
    })(),
  ).rejects.toThrow("the GPU is gone");
  expect(got).toEqual([1]);
});

it("leaves nothing behind where its loop fails", async () => {
  const before = tf.memory().numTensors;
  const reads = new ReadsInFlight<Float32Array>(() => undefined);
  for (let i = 1; i < usualStepsInFlight(); i++) {
    await reads.add(readAndDispose([tf.tidy(() => tf.add(tf.scalar(i), 1))]).then(([values]) => values!));
  }
  await reads.abandon();
  expect(tf.memory().numTensors).toBe(before);
});

it("disposes of what it reads", async () => {
  const before = tf.memory().numTensors;
  const values = await readAndDispose([tf.tensor1d([1, 2]), tf.scalar(3)]);
  expect(values.map((each) => [...each])).toEqual([[1, 2], [3]]);
  expect(tf.memory().numTensors).toBe(before);
});
