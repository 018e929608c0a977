import { expect, it } from "vitest";
import { toGrey } from "./to-grey.js";

it("weighs red, green and blue as BT.601 does, whatever stands behind them", () => {
  // 0.299 · 255 = 76.2, 0.587 · 255 = 149.7, 0.114 · 255 = 29.1; 29.9 + 29.35 + 1.14 = 60.4.
  const colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 100, 50, 10];
  expect([...toGrey(Uint8Array.from(colours), 3)]).toEqual([76, 150, 29, 60]);
  const withAlpha = Uint8ClampedArray.from(colours.flatMap((v, i) => (i % 3 === 2 ? [v, 255] : [v])));
  expect([...toGrey(withAlpha, 4)]).toEqual([76, 150, 29, 60]);
  expect([...toGrey(Uint8Array.of(7, 9), 1)]).toEqual([7, 9]);
});
