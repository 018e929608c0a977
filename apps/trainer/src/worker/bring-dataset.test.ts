import { join } from "node:path";
import { expect, it } from "vitest";
import { pathBelow } from "./bring-dataset.js";

it("tells what lies in a folder, of this system and of others", () => {
  const photos = join("/home", "photos");
  expect(pathBelow(photos, join(photos, "lists", "a.csv"))).toBe("lists/a.csv");
  expect(pathBelow(`${photos}/`, join(photos, "a.csv"))).toBe("a.csv");
  expect(pathBelow("photos", "./photos/a.csv")).toBe("a.csv");
  expect(pathBelow("D:\\photos", "D:\\photos\\lists\\a.csv")).toBe("lists/a.csv");
  for (const other of [photos, `${photos}-2/a.csv`, join("/home", "a.csv"), join(photos, "..", "a.csv")]) {
    expect(pathBelow(photos, other), other).toBeNull();
  }
});
