import { expect, it } from "vitest";
import { nearestName } from "./nearest-name.js";

const NAMES = ["cifar10", "mnist", "fashion-mnist"];

it("finds a name that differs in a few letters or in case", () => {
  expect(nearestName("cifr10", NAMES)).toBe("cifar10");
  expect(nearestName("Fashion_MNIST", NAMES)).toBe("fashion-mnist");
});

it("finds none for what is like nothing", () => {
  expect(nearestName("imagenet", NAMES)).toBeUndefined();
  expect(nearestName("x", [])).toBeUndefined();
});
