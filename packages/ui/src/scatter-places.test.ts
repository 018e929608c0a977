/** Points keep their proportions on the canvas, and pointer and keys find the one that is meant. */
import { expect, test } from "vitest";
import { placeScatter, pointAt, pointTowards } from "./scatter-places.js";

const box = { width: 220, height: 120, margin: 10 };

test("both axes have one scale, the middle of the points is the middle of the box, and y grows upwards", () => {
  // 4 wide and 2 high in 200 × 100: 50 pixels a unit.
  const { x, y } = placeScatter([0, 4, 2, NaN, 1], [0, 2, 1, 1, Infinity], box);
  expect([...x]).toEqual([10, 210, 110, NaN, NaN]);
  expect([...y]).toEqual([110, 10, 60, NaN, NaN]);
});

test("points in a row, in one place, or none at all have their places, too", () => {
  expect([...placeScatter([0, 4], [3, 3], box).y]).toEqual([60, 60]);
  expect([...placeScatter([5, 5], [3, 3], box).x]).toEqual([110, 110]);
  expect(placeScatter([], [], box).x).toHaveLength(0);
});

test("a pointer means the nearest point within its reach", () => {
  const places = placeScatter([0, 4, 2], [0, 2, 1], box);
  expect(pointAt(places, { x: 104, y: 60 }, 8)).toBe(2);
  expect(pointAt(places, { x: 100, y: 60 }, 8)).toBe(-1);
  expect(pointAt(placeScatter([], [], box), { x: 0, y: 0 }, 8)).toBe(-1);
});

test("an arrow leads to the nearest point on its side, and stays where there is none", () => {
  // A cross about point 0; point 5 is right of it as well, further.
  const places = placeScatter([0, 1, -1, 0, 0, 2], [0, 0, 0, 1, -1, 0], box);
  expect(pointTowards(places, 0, "ArrowRight")).toBe(1);
  expect(pointTowards(places, 1, "ArrowRight")).toBe(5);
  expect(pointTowards(places, 0, "ArrowLeft")).toBe(2);
  expect(pointTowards(places, 0, "ArrowUp")).toBe(3);
  expect(pointTowards(places, 0, "ArrowDown")).toBe(4);
  expect(pointTowards(places, 5, "ArrowRight")).toBe(5);
});
