import { expect, it } from "vitest";
import { overlay } from "./overlay.js";

const grey = { data: Uint8Array.of(0, 100, 200, 255), height: 2, width: 2, channels: 1 };

it("lays from nothing to the largest value in the map's colours over the picture", () => {
  const { data, ...shape } = overlay(grey, Float32Array.of(-3, 0, 1, 2), { colormap: "viridis", alpha: 1 });
  expect(shape).toEqual({ height: 2, width: 2, channels: 3 });
  const [first, middle, last] = [
    [0x44, 0x01, 0x54],
    [0x21, 0x90, 0x8c],
    [0xfd, 0xe7, 0x25],
  ] as const;
  // The brightest hundredth of four values begins at the third.
  expect([...data]).toEqual([...first, ...first, ...last, ...last]);
  const ramp = Float32Array.from({ length: 201 }, (_, i) => i / 100);
  const row = { data: new Uint8Array(201), height: 1, width: 201, channels: 1 };
  const colours = overlay(row, ramp, { colormap: "viridis", alpha: 1 }).data;
  expect([...colours.subarray(99 * 3, 99 * 3 + 3)]).toEqual([...middle]);
});

it("mixes by alpha, and keeps a picture's own colours", () => {
  const rgb = { data: Uint8Array.of(200, 0, 100), height: 1, width: 1, channels: 3 };
  // inferno's last colour is fcffa4.
  expect([...overlay(rgb, Float32Array.of(1), { alpha: 0.25 }).data]).toEqual([213, 64, 116]);
  expect([...overlay(rgb, Float32Array.of(1), { alpha: 0 }).data]).toEqual([200, 0, 100]);
});

it("shows a map without anything in it as nothing, and refuses one of another size", () => {
  expect([...overlay(grey, new Float32Array(4), { alpha: 1 }).data]).toEqual(Array(4).fill([0, 0, 4]).flat());
  expect(() => overlay(grey, new Float32Array(9))).toThrow(
    "Expected a grey or RGB picture and a map of its size. Received: 2×2×1, and a map of 9 values.",
  );
});
