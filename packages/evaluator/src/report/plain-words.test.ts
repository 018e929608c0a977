import { expect, it } from "vitest";
import { counted, listNames, ofHundred } from "./plain-words.js";

it.each([
  [0.94, 50, "94"],
  [0.9412, 50, "94"],
  [0.9412, 1000, "94.1"],
  // Not all, and not none.
  [0.9996, 10_000, "99.96"],
  [0.9996, 100, "99.96"],
  [0.0004, 100, "0.04"],
  [1, 10_000, "100"],
  [0, 10, "0"],
])("%d of %d pictures is %s of a hundred", (fraction, count, text) => {
  expect(ofHundred(fraction, count)).toBe(text);
});

it("lists names up to a few", () => {
  expect(listNames(["a"])).toBe("“a”");
  expect(listNames(["a", "b", "c", "d"])).toBe("“a”, “b”, “c” and “d”");
  expect(listNames(["a", "b", "c", "d", "e"])).toBe("“a”, “b”, “c” and 2 more");
});

it("counts", () => {
  expect([counted(1, "picture"), counted(1200, "class", "classes")]).toEqual(["1 picture", "1,200 classes"]);
});
