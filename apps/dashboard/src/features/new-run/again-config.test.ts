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

test("a sweep's trial is a run of its own when it is run again", () => {
  const config = {
    data: { source: "cifar10" },
    tags: ["mine", "sweep:rates"],
    sweep: { name: "rates", trial: 3 },
  };
  expect(againConfig(config)).toEqual({ data: { source: "cifar10" }, tags: ["mine"] });
  expect(againConfig({ tags: ["sweep:mine"] })).toEqual({ tags: ["sweep:mine"] });
});
