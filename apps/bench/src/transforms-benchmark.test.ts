import { BuiltinTransformSpec } from "@convkit/schema";
import { expect, it } from "vitest";
import { TRANSFORM_CASES } from "./transform-cases.js";
import { measureTransforms, outcomeOf, type Contestant } from "./transforms-benchmark.js";

it("leaves none of torchvision's transforms out", () => {
  const measured = new Set(TRANSFORM_CASES.map(({ torchvision }) => torchvision.name));
  const names = BuiltinTransformSpec.options.map(({ shape }) => shape.name.value);
  // Normalize stands behind others; AlternatingFlip is airbench's.
  expect(names.filter((name) => !measured.has(name))).toEqual(["AlternatingFlip", "Normalize"]);
});

const contestant = (by: Contestant["by"], ms: number[]): Contestant => ({
  by,
  ms,
  pictures: 1,
  turn: () => Promise.resolve(null),
});

it("compares with the better of the peers, within each round", () => {
  const ours = contestant("convkit", [1, 2, 4]);
  const outcome = outcomeOf([ours, contestant("tensors", [3, 9, 9]), contestant("PIL", [2, 8, 8])], 3);
  expect(outcome).toMatchObject({ better: "PIL", timesAsFast: { median: 2 } });
  expect(outcome.msPerPicture.tensors).toMatchObject({ median: 9 });
});

it("compares with nobody who went away", () => {
  const outcome = outcomeOf(
    [contestant("convkit", [1, 1]), contestant("tensors", [3]), contestant("PIL", [])],
    2,
  );
  expect(outcome).toMatchObject({
    better: null,
    timesAsFast: null,
    msPerPicture: { tensors: null, PIL: null },
  });
  expect(outcome.msPerPicture.convkit).toMatchObject({ median: 1 });
});

it("measures ours whether or not torchvision is there", async () => {
  const some = TRANSFORM_CASES.filter(({ label }) => ["RandomErasing", "Normalize"].includes(label));
  const { rows, notes, data } = await measureTransforms(1, some);
  const isThere = !notes.some((note) => note.startsWith("torchvision: not measured: "));
  expect(rows.map(([label]) => label)).toEqual(["Normalize", "RandomErasing"]);
  for (const [, ours, tensors, , ratio] of rows) {
    expect(Number(ours)).toBeGreaterThan(0);
    expect([tensors, ratio].includes("–")).toBe(!isThere);
  }
  // torchvision erases tensors alone.
  expect(rows[1]?.[3]).toBe("–");
  expect(data).toMatchObject({ rows: [{ label: "Normalize" }, { label: "RandomErasing" }] });
});
