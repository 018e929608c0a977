import { expect, it } from "vitest";
import { mapAhead } from "./map-ahead.js";

/** Counts for ever; tells how far it was asked to count, and whether it was let go. */
function counter() {
  const state = { asked: 0, isReleased: false };
  async function* count(): AsyncGenerator<number> {
    try {
      for (;;) yield await Promise.resolve(state.asked++);
    } finally {
      state.isReleased = true;
    }
  }
  return { state, numbers: count() };
}

it("gives results in the order of the items, whichever is done first", async () => {
  const resolvers: (() => void)[] = [];
  async function* items() {
    yield* await Promise.resolve(["a", "b", "c"]);
  }
  const results = mapAhead(items(), 3, async (item) => {
    await new Promise<void>((resolve) => resolvers.push(resolve));
    return item.toUpperCase();
  });
  const first = results.next();
  while (resolvers.length < 3) await new Promise(setImmediate);
  for (const resolve of resolvers.reverse()) resolve();
  expect([await first, await results.next(), await results.next(), await results.next()]).toEqual([
    { done: false, value: "A" },
    { done: false, value: "B" },
    { done: false, value: "C" },
    { done: true, value: undefined },
  ]);
});

it("asks for no more items than are taken and may lie ahead, and lets go of the rest", async () => {
  const { state, numbers } = counter();
  let [taken, most] = [0, 0];
  for await (const square of mapAhead(numbers, 4, (n) => Promise.resolve(n * n))) {
    expect(square).toBe(taken * taken);
    most = Math.max(most, state.asked - taken);
    if (++taken === 10_000) break;
  }
  expect(most).toBe(4);
  expect(state.isReleased).toBe(true);
});

it("throws a failure in its turn, after what comes before it", async () => {
  const { state, numbers } = counter();
  const results = mapAhead(numbers, 4, (n) =>
    n === 2 ? Promise.reject(new Error("two")) : Promise.resolve(n),
  );
  expect([await results.next(), await results.next()].map(({ value }) => value)).toEqual([0, 1]);
  await expect(results.next()).rejects.toThrow("two");
  expect(state.isReleased).toBe(true);
});
