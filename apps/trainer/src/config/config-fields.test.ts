import { expect, it } from "vitest";
import { listConfigFields } from "./config-fields.js";

const fields = listConfigFields();
const field = (key: string) => fields.filter((candidate) => candidate.key === key);

it("describes every key", () => {
  expect(fields.filter(({ description }) => description === "")).toEqual([]);
  expect(fields.length).toBeGreaterThan(60);
});

it("says type and default as the schema has them", () => {
  expect(field("epochs")).toMatchObject([{ type: "integer ≥ 1", default: "10", isRequired: false }]);
  expect(field("learningRate")).toMatchObject([{ type: "number > 0", default: "0.05" }]);
  const smoothing = { type: "0 ≤ number < 1", default: "0" };
  expect(field("loss.labelSmoothing")).toMatchObject([smoothing, smoothing]);
  const beta = { type: "0 ≤ number < 1", default: "0.999" };
  expect(field("loss.classWeights.beta")).toMatchObject([beta, beta, beta]);
  expect(field("seed")).toMatchObject([{ type: "0 ≤ integer ≤ 4294967295" }]);
  expect(field("experiment")).toMatchObject([
    { type: "string", default: '"default"', description: "Experiment that the run belongs to" },
  ]);
  expect(field("tags")).toMatchObject([
    { type: "list of string", default: "[]", description: "Labels to find the run by" },
  ]);
  expect(field("engine")[0]?.type).toMatch(/^auto \| .*native/);
  expect(field("data.imageSize")).toMatchObject([{ type: "[integer, integer]", default: undefined }]);
  expect(field("data.source")).toMatchObject([{ type: "string", isRequired: true }]);
  expect(field("earlyStopping")).toMatchObject([{ type: "object | null", default: "null" }]);
  expect(field("transforms")).toMatchObject([
    { type: "none | light | standard | strong | object | null", default: "null" },
  ]);
  expect(field("optimizer")).toMatchObject([{ type: "string | object", default: '{"name":"sgd"}' }]);
});

it("opens each variant and tells its keys after it", () => {
  const schedule = fields.map(({ key }) => key).filter((key) => key.startsWith("schedule."));
  expect(schedule.slice(0, 4)).toEqual([
    "schedule.name=constant",
    "schedule.warmupFraction",
    "schedule.name=cosine",
    "schedule.warmupFraction",
  ]);
  expect(field("schedule.warmupFraction").map((each) => each.default)).toEqual([
    "0",
    "0.05",
    ...["step", "exponential", "polynomial", "reduce-on-plateau"].map(() => "0"),
  ]);
  expect(field("model.layers[].layer=dropout")).toHaveLength(1);
});

it("tells the keys of like lists once", () => {
  expect(field("transforms.train[].numOps")).toHaveLength(1);
  expect(field("transforms.evaluation[].numOps")).toHaveLength(0);
});
