import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { NativeBackend } from "./backend.js";
import { loadAddon } from "./binding.js";
import { registerNativeBackend } from "./register-native-backend.js";

const warn = vi.spyOn(console, "warn");
registerNativeBackend();
let backend: NativeBackend;
beforeAll(async () => {
  await tf.setBackend("native");
  backend = tf.backend() as NativeBackend;
});
beforeEach(() => tf.engine().startScope());

/** A product of native code, whose memory is recycled. */
function native(values: number[], shape: number[]): tf.Tensor {
  const identity = tf.eye(shape.at(-1) as number);
  const product = tf.matMul(tf.tensor(values, shape), identity);
  identity.dispose();
  return product;
}

/** Takes and fills memory of every size in use, so that a block given back too early is overwritten. */
function churn(): void {
  tf.tidy(() => {
    for (let side = 1; side <= 8; side++) {
      for (let i = 0; i < 16; i++) tf.matMul(tf.fill([side, side], 1e9), tf.fill([side, side], 1e9));
    }
  });
}

describe("memory that a caller may still hold", () => {
  it("is a copy in dataSync, data, arraySync and buffer", async () => {
    const x = native([1, 2, 3, 4], [2, 2]);
    const sync = x.dataSync();
    const asynchronous = await x.data();
    const buffer = await x.buffer();
    sync[0] = 99;
    asynchronous[1] = 99;
    buffer.set(99, 1, 0);
    expect([...x.dataSync()]).toEqual([1, 2, 3, 4]);
    x.dispose();
    churn();
    expect([...sync]).toEqual([99, 2, 3, 4]);
    expect([...asynchronous]).toEqual([1, 99, 3, 4]);
  });

  it("is a copy of an upload, too", () => {
    const uploaded = tf.tensor1d([1, 2, 3]);
    uploaded.dataSync()[0] = 99;
    expect([...uploaded.dataSync()]).toEqual([1, 2, 3]);
  });

  it("is not recycled when a copied kernel handed it on as part of its output", () => {
    const x = native([1, 2, 3, 4, 5, 6], [3, 2]);
    // These come out as subarrays or as the very array of x on the `cpu` backend.
    const views = [
      tf.slice(x, [1, 0], [1, 2]),
      ...tf.unstack(x),
      ...tf.split(x, 3),
      tf.real(tf.complex(x, x)),
    ];
    const before = views.map((view) => [...view.dataSync()]);
    x.dispose();
    churn();
    expect(views.map((view) => [...view.dataSync()])).toEqual(before);
    expect(before[0]).toEqual([3, 4]);
  });

  it("is not recycled under a reshape or clone that outlives its origin", () => {
    const x = native([1, 2, 3, 4], [2, 2]);
    const flat = tf.reshape(x, [4]);
    const twin = x.clone();
    x.dispose();
    churn();
    expect([...flat.dataSync()]).toEqual([1, 2, 3, 4]);
    flat.dispose();
    churn();
    expect([...twin.dataSync()]).toEqual([1, 2, 3, 4]);
  });

  it("is the caller's own in an upload, never written to and never recycled", () => {
    const mine = new Float32Array([1, 2, 3, 4]);
    tf.tidy(() => void tf.matMul(tf.tensor(mine, [2, 2]), tf.tensor(mine, [2, 2])));
    churn();
    expect([...mine]).toEqual([1, 2, 3, 4]);
  });

  it("survives in the gradients that a tape saves", () => {
    const w = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const gradient = tf.grad((x: tf.Tensor) => {
      const hidden = tf.matMul(x, w);
      churn();
      return tf.sum(tf.square(tf.matMul(hidden, w)));
    })(native([1, 0, 0, 1], [2, 2]));
    // d/dX sum((X W²)²) at X = 1 is 2 · W² · (W²)ᵀ
    const w2 = tf.matMul(w, w);
    expect([...gradient.dataSync()]).toEqual([...tf.mul(2, tf.matMul(w2, w2, false, true)).dataSync()]);
  });
});

describe("recycling", () => {
  it("gives a disposed output's memory to the next of its size", () => {
    const sides = { rows: 64, columns: 64 };
    const ones = tf.ones([sides.rows, sides.columns]);
    const first = tf.matMul(ones, ones);
    const memory = backend.float32(first).buffer;
    first.dispose();
    const second = tf.matMul(ones, ones);
    expect(backend.float32(second).buffer).toBe(memory);
    expect(backend.addon.addressOf(backend.float32(second))).toBe(0);
  });

  it("leaves alone what a copied kernel has read", () => {
    const ones = tf.ones([64, 64]);
    const first = tf.matMul(ones, ones);
    const memory = backend.float32(first).buffer;
    tf.cumsum(first).dispose();
    first.dispose();
    expect(backend.float32(tf.matMul(ones, ones)).buffer).not.toBe(memory);
  });

  it("reports its free memory, and gives it up with the backend", () => {
    const another = new (backend.constructor as typeof NativeBackend)(loadAddon());
    const { info } = another.output([1024], "float32");
    expect(another.memory().numBytesInPool).toBe(0);
    another.disposeData(info.dataId);
    expect(another.memory()).toEqual({ unreliable: false, reasons: [], numBytesInPool: 4096 });
    another.dispose();
    expect(another.memory().numBytesInPool).toBe(0);
  });
});

describe("bookkeeping", () => {
  it("matches the cpu backend's numbers for every dtype", async () => {
    const numbers = async (name: string): Promise<unknown[]> => {
      await tf.setBackend(name);
      return tf.tidy(() => {
        const before = tf.memory();
        const ids = tf.backend().numDataIds();
        const a = tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]));
        tf.complex(a, a);
        tf.cast(a, "int32");
        tf.cast(a, "bool");
        tf.tensor(["a", "bc"]);
        tf.reshape(a, [15]);
        const after = tf.memory();
        return [
          after.numTensors - before.numTensors,
          after.numDataBuffers - before.numDataBuffers,
          after.numBytes - before.numBytes,
          tf.backend().numDataIds() - ids,
        ];
      });
    };
    const expected = await numbers("cpu");
    expect(await numbers("native")).toEqual(expected);
    expect(tf.memory().unreliable).toBe(false);
  });

  it("counts references across reshape, clone and dispose", () => {
    const x = native([1, 2, 3, 4], [2, 2]);
    const flat = tf.reshape(x, [4]);
    expect(backend.refCount(x.dataId)).toBe(2);
    x.dispose();
    expect(backend.refCount(flat.dataId)).toBe(1);
    flat.dispose();
    expect(backend.refCount(flat.dataId)).toBe(0);
    expect(backend.disposeData(flat.dataId)).toBe(true);
  });

  it("reads back complex64, string, bool and int32", () => {
    expect([...tf.complex([1, 2], [3, 4]).dataSync()]).toEqual([1, 3, 2, 4]);
    expect([...tf.tensor(["ä", "b"]).dataSync<"string">()]).toEqual(["ä", "b"]);
    expect(tf.tensor([true, false]).dataSync()).toEqual(Uint8Array.of(1, 0));
    expect(tf.add(tf.tensor([1, 2], [2], "int32"), tf.scalar(1, "int32")).dataSync()).toEqual(
      Int32Array.of(2, 3),
    );
  });

  it("moves tensors from and to another backend", async () => {
    const here = native([1, 2, 3, 4], [2, 2]);
    await tf.setBackend("cpu");
    const there = tf.add(here, 1);
    await tf.setBackend("native");
    const back = tf.matMul(there, tf.eye(2));
    churn();
    expect([...back.dataSync()]).toEqual([2, 3, 4, 5]);
    expect([...here.dataSync()]).toEqual([1, 2, 3, 4]);
  });

  it("keeps a variable's value through assignments", () => {
    const variable = tf.variable(native([1, 2, 3, 4], [2, 2]));
    for (let i = 0; i < 5; i++) {
      tf.tidy(() => variable.assign(tf.matMul(variable, tf.mul<tf.Tensor2D>(2, tf.eye(2)))));
      churn();
    }
    expect([...variable.dataSync()]).toEqual([32, 64, 96, 128]);
    variable.dispose();
  });
});

describe("registration", () => {
  it("is silent, and doing it twice changes nothing", () => {
    registerNativeBackend();
    tf.tensor([1]).dispose();
    const said = warn.mock.calls.flat().join("\n");
    expect(said).not.toContain("already registered");
    expect(tf.engine().backendNames()).toContain("native");
  });

  it("has every kernel of the cpu backend", () => {
    const native = new Set(tf.getKernelsForBackend("native").map(({ kernelName }) => kernelName));
    const missing = tf.getKernelsForBackend("cpu").filter(({ kernelName }) => !native.has(kernelName));
    expect(missing).toEqual([]);
  });
});
