/** Evidence as colours. */
import { expect, test } from "vitest";
import { colourMap } from "./explain";

test("the strongest place is brightest, none is black, halfway has the middle colour", () => {
  const shown = colourMap(Float32Array.of(0, 1, 2, 4), { height: 2, width: 2 });
  expect([...shown!.rgba]).toEqual([
    ...[0, 0, 4, 255],
    ...[87, 16, 110, 255],
    ...[188, 55, 84, 255],
    ...[252, 255, 164, 255],
  ]);
  expect(shown).toMatchObject({ height: 2, width: 2 });
});

test("where nothing speaks for a class there is nothing to lay over", () => {
  expect(colourMap(new Float32Array(4), { height: 2, width: 2 })).toBeNull();
});
