import { expect, test } from "vitest";
import { checkpointRows } from "./checkpoint-rows";

const saved = (kind: "last" | "best" | "step", step: number, savedAt: number) => ({
  kind,
  step,
  epoch: Math.ceil(step / 10),
  savedAt,
});

test("checkpoints of the same step are one row, and a run that has ended is forked by its steps", () => {
  const kept = [saved("last", 24, 9), saved("step", 20, 7), saved("best", 10, 3), saved("step", 10, 2)];
  expect(checkpointRows(kept, false)).toEqual([
    { step: 24, epoch: 3, savedAt: 9, titles: ["last"], at: 24 },
    { step: 20, epoch: 2, savedAt: 7, titles: [], at: 20 },
    { step: 10, epoch: 1, savedAt: 3, titles: ["best"], at: 10 },
  ]);
});

test("a run that goes on is forked by what is last or best then, unless its steps are kept", () => {
  const kept = [saved("last", 24, 9), saved("best", 20, 7), saved("step", 10, 2)];
  expect(checkpointRows(kept, true).map(({ at }) => at)).toEqual(["last", "best", 10]);
  // The next epoch replaces the last one, the best stays until there is a better one.
  expect(checkpointRows([saved("last", 20, 7), saved("best", 20, 7)], true)[0]!.at).toBe("best");
});
