import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kernelCounters, resetKernelCounters } from "./kernel-counters.js";
import { registerNativeBackend } from "./register-native-backend.js";

registerNativeBackend();
beforeAll(async () => void (await tf.setBackend("native")));
beforeEach(() => resetKernelCounters());

describe("kernelCounters", () => {
  it("tells native calls from copied ones, with the reason", () => {
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
      tf.conv2d(x, tf.ones<tf.Rank.R4>([3, 3, 2, 1]), 1, "same");
      tf.conv2d(x, tf.ones<tf.Rank.R4>([3, 3, 2, 1]), 2, "valid");
      tf.conv2d(x, tf.ones<tf.Rank.R4>([3, 3, 4, 1]), 1, "same", "NCHW");
      tf.cumsum(tf.ones([3]));
    });
    expect(kernelCounters()).toMatchObject({
      Conv2D: { native: 2, copied: { "data format": 1 } },
      Cumsum: { native: 0, copied: { "not native": 1 } },
    });
  });

  it("is a snapshot, and empty after a reset", () => {
    tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])));
    const counters = kernelCounters();
    tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])));
    expect(counters.BatchMatMul).toEqual({ native: 1, copied: {} });
    resetKernelCounters();
    expect(kernelCounters()).toEqual({});
  });
});

describe("a copied kernel that serves in place of a native one", () => {
  it("gives what the cpu backend gives", () => {
    const [a, b] = [tf.tensor2d([1, 2, 3, 4], [2, 2], "int32"), tf.tensor2d([5, 6, 7, 8], [2, 2], "int32")];
    const product = tf.matMul(a, b);
    expect(product.dtype).toBe("int32");
    expect([...product.dataSync()]).toEqual([19, 22, 43, 50]);
    expect(kernelCounters().BatchMatMul).toEqual({ native: 0, copied: { dtype: 1 } });
    tf.dispose([a, b, product]);
  });

  it("reverses an axis of more positions than are worth a copy each", () => {
    const x = tf.range(0, 1025);
    const reversed = tf.reverse(x);
    expect([...reversed.dataSync()]).toEqual(Array.from({ length: 1025 }, (_, i) => 1024 - i));
    expect(kernelCounters().Reverse).toEqual({ native: 0, copied: { "long axis": 1 } });
    tf.dispose([x, reversed]);
  });
});
