import { setImmediate } from "node:timers";
import type { Steps } from "@convkit/evaluator";
import { expect, it } from "vitest";
import { runInTurns } from "./run-in-turns.js";

it("lets others have their turn between long steps, and tells the result", async () => {
  const happened: string[] = [];
  let isOver = false;
  const others = () => {
    happened.push("other");
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  function* work(): Steps<string> {
    for (const step of ["one", "two", "three"]) {
      for (const begun = performance.now(); performance.now() - begun < 15;);
      happened.push(step);
      yield;
    }
    return "done";
  }
  expect(await runInTurns(work())).toBe("done");
  isOver = true;
  expect(happened.filter((what, index) => what !== happened[index - 1])).toEqual([
    "one",
    "other",
    "two",
    "other",
    "three",
    "other",
  ]);
});

it("goes no further once nobody waits for it", async () => {
  const stopping = new AbortController();
  let steps = 0;
  function* work(): Steps<never> {
    for (;;) {
      for (const begun = performance.now(); performance.now() - begun < 15;);
      if (++steps === 2) setImmediate(() => stopping.abort(new Error("the page was left")));
      yield;
    }
  }
  await expect(runInTurns(work(), stopping.signal)).rejects.toThrow("the page was left");
  expect(steps).toBeLessThan(5);
});

it("passes on what a step throws", async () => {
  // eslint-disable-next-line require-yield
  function* work(): Steps<string> {
    throw new Error("a step failed");
  }
  await expect(runInTurns(work())).rejects.toThrow("a step failed");
});
