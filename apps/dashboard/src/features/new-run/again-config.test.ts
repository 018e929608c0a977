import { expect, test } from "vitest";
import { againConfig, nextName } from "./again-config";

test("names count up", () => {
  expect(nextName("resnet9, seed 0")).toBe("resnet9, seed 0 (2)");
  expect(nextName("resnet9 (2)")).toBe("resnet9 (3)");
});

test("nothing of the run's config is lost", () => {
  const config = {
    data: { source: "cifar10", contentHash: "abc" },
    model: { layers: [{ layer: "flatten" }] },
  };
  expect(againConfig(config)).toEqual(config);
  expect(againConfig({ ...config, name: "a" })).toEqual({ ...config, name: "a (2)" });
});
