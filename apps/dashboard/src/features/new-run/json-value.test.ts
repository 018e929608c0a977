import { expect, test } from "vitest";
import { pathText, valueAt, withValueAt } from "./json-value";

test("a value is put where it belongs, and taken out again", () => {
  const root = { data: { source: "a" }, transforms: { train: [{ name: "x" }, { name: "y" }] } };
  expect(withValueAt(root, ["data", "limit", "train"], 5).data).toEqual({ source: "a", limit: { train: 5 } });
  expect(withValueAt(root, ["transforms", "train", 0], undefined).transforms).toEqual({
    train: [{ name: "y" }],
  });
  expect(withValueAt(root, ["transforms", "train", 1, "p"], 1)).toMatchObject({
    transforms: { train: [{ name: "x" }, { name: "y", p: 1 }] },
  });
  expect(withValueAt({ data: { source: "a" } }, ["data", "source"], undefined)).toEqual({ data: {} });
  expect(root).toEqual({ data: { source: "a" }, transforms: { train: [{ name: "x" }, { name: "y" }] } });
  expect(valueAt(root, ["transforms", "train", 1, "name"])).toBe("y");
  expect(valueAt(root, ["data", "toString"])).toBeUndefined();
});

test("paths are written as code writes them", () => {
  expect(pathText(["transforms", "train", 1, "size"])).toBe("transforms.train[1].size");
  expect(pathText([])).toBe("");
});
