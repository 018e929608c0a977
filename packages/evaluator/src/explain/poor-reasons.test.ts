import { expect, it } from "vitest";
import { frameShare, poorReasons } from "./poor-reasons.js";

it("measures which share of the evidence lies in the outer eighth of the picture", () => {
  const map = new Float32Array(16 * 8);
  const put = (y: number, x: number, value: number) => (map[y * 8 + x] = value);
  // The frame is two rows high and one column wide.
  put(1, 4, 3);
  put(8, 7, 2);
  put(2, 1, 5);
  put(0, 0, -9);
  expect(frameShare(map, 16, 8)).toBe(0.5);
  expect(frameShare(new Float32Array(64).fill(1), 8, 8)).toBe(28 / 64);
  expect(frameShare(new Float32Array(64), 8, 8)).toBe(0);
});

it("names the reasons that there are", () => {
  expect(poorReasons({ frameShare: 0.8, foreignShare: 0.6 })).toEqual(["frame", "neighbours"]);
  expect(poorReasons({ frameShare: 0.44, foreignShare: 0.5 })).toEqual([]);
  expect(poorReasons({ foreignShare: 0.9 })).toEqual(["neighbours"]);
});
