import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { loadAddon } from "./binding.js";
import { TensorMemoryError } from "./errors.js";
import { ALIGNMENT_BYTES, type Block, BufferPool, type PooledDtype } from "./buffer-pool.js";

const MiB = 2 ** 20;
const { addressOf } = loadAddon();
let pool: BufferPool;
beforeEach(() => {
  pool = new BufferPool(addressOf);
});

const dtypes = fc.constantFrom<PooledDtype>("float32", "int32", "bool");

describe("a block", () => {
  it("is aligned, long enough and at most an eighth or one unit too large", () => {
    fc.assert(
      fc.property(dtypes, fc.integer({ min: 1, max: 300_000 }), (dtype, length) => {
        const { view, sizeBytes, buffer, byteOffset } = pool.acquire(dtype, length);
        expect(view.length).toBe(length);
        expect(addressOf(view) % ALIGNMENT_BYTES).toBe(0);
        expect(byteOffset + sizeBytes).toBeLessThanOrEqual(buffer.byteLength);
        expect(sizeBytes).toBeGreaterThanOrEqual(view.byteLength);
        expect(sizeBytes).toBeLessThan(view.byteLength * 1.125 + ALIGNMENT_BYTES);
      }),
    );
  });

  it("may be longer than an array of bytes can be", () => {
    expect(pool.acquire("float32", 2 ** 30 + 64).view.length).toBe(2 ** 30 + 64);
  });

  it("that no memory holds is refused in words", () => {
    expect(() => pool.acquire("float32", 2 ** 44)).toThrow(TensorMemoryError);
    expect(() => pool.acquire("float32", 2 ** 44)).toThrow(/Expected 67108864 MiB.*smaller batch/);
    expect(pool.liveBytes).toBe(0);
  });

  it("comes back to the next that asks for its size class, whatever the type", () => {
    const first = pool.acquire("float32", 1000);
    first.view.fill(7);
    pool.release(first);
    const second = pool.acquire("int32", 990);
    expect(second.view).toBeInstanceOf(Int32Array);
    expect(second.view.length).toBe(990);
    expect(second.buffer).toBe(first.buffer);
    // Not zero-filled: the bits of 7 as a float32.
    expect(second.view[989]).toBe(0x40e00000);
  });

  it("is never in two hands: live blocks never overlap", () => {
    const lengths = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), dtypes, lengths), { maxLength: 200 }), (steps) => {
        const live: Block[] = [];
        for (const [give, dtype, length] of steps) {
          if (give && live.length > 0) pool.release(live.shift() as Block);
          else live.push(pool.acquire(dtype, length));
        }
        expect(new Set(live.map(({ buffer }) => buffer)).size).toBe(live.length);
        expect(pool.liveBytes).toBe(live.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
        for (const block of live) pool.release(block);
      }),
    );
  });
});

describe("what is kept", () => {
  it("is everything while it stays below twice the peak", () => {
    const blocks = Array.from({ length: 10 }, () => pool.acquire("float32", 4 * MiB));
    for (const block of blocks) pool.release(block);
    expect(pool.freeBytes).toBe(160 * MiB);
    expect(pool.liveBytes).toBe(0);
  });

  it("never exceeds twice the peak, and the oldest go first", () => {
    for (let size = 8; size <= 64; size++) {
      pool.release(pool.acquire("bool", size * MiB));
      expect(pool.freeBytes).toBeLessThanOrEqual(Math.max(32, 2 * 1.125 * size) * MiB);
    }
    const newest = pool.freeBytes;
    expect(pool.acquire("bool", 64 * MiB).sizeBytes).toBe(64 * MiB);
    expect(pool.freeBytes).toBe(newest - 64 * MiB);
  });

  it("is up to four times the peak where sizes that were given up are asked for again", () => {
    // As a network predicts: one layer's output after the other, each of another size. 144 MiB in all, 40 at a time.
    const predict = () =>
      [40, 32, 28, 24, 20].map((size) => {
        const block = pool.acquire("bool", size * MiB);
        pool.release(block);
        return block.buffer;
      });
    predict();
    expect(pool.freeBytes).toBeLessThanOrEqual(2 * 40 * MiB);
    predict();
    predict();
    const [before, now] = [predict(), predict()];
    now.forEach((buffer, i) => expect(buffer).toBe(before[i]));
    expect(pool.freeBytes).toBe(144 * MiB);
  });

  it("is no more than twice the peak where that is more than half a GiB", () => {
    for (let round = 0; round < 4; round++)
      for (const size of [600, 500, 450, 400]) pool.release(pool.acquire("bool", size * MiB));
    expect(pool.freeBytes).toBeLessThanOrEqual(2 * 600 * MiB * 1.125);
  });

  it("shrinks after two windows of smaller needs", () => {
    const large = Array.from({ length: 8 }, () => pool.acquire("float32", 16 * MiB));
    for (const block of large) pool.release(block);
    expect(pool.freeBytes).toBe(512 * MiB);
    for (let i = 0; i < 2 * 16_384; i++) pool.release(pool.acquire("float32", 64));
    expect(pool.freeBytes).toBeLessThanOrEqual(32 * MiB);
  });

  it("is nothing of an abandoned block, and nothing after clear", () => {
    pool.abandon(pool.acquire("float32", 1000));
    expect(pool.liveBytes).toBe(0);
    expect(pool.freeBytes).toBe(0);
    pool.release(pool.acquire("float32", 1000));
    pool.clear();
    expect(pool.freeBytes).toBe(0);
  });
});
