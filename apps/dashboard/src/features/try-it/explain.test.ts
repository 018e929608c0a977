/** Evidence as colours. */
import { expect, test } from "vitest";
import { coloursOf } from "./explain";

test("evidence has the colours that it has in a report", async () => {
  const shown = await coloursOf(Float32Array.of(0, 1, 2, 4, 4, 0), { height: 2, width: 3 });
  // Of Matplotlib's inferno, at 0, 1/4, 1/2 and 1.
  expect([...shown!.rgba]).toEqual([
    ...[0, 0, 4, 255],
    ...[86, 16, 110, 255],
    ...[187, 55, 84, 255],
    ...[252, 255, 164, 255],
    ...[252, 255, 164, 255],
    ...[0, 0, 4, 255],
  ]);
  expect(shown).toMatchObject({ height: 2, width: 3 });
});

test("where nothing speaks for a class there is nothing to lay over", async () => {
  expect(await coloursOf(new Float32Array(4), { height: 2, width: 2 })).toBeNull();
});
