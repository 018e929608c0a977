import { RunConfig, runConfigJsonSchema } from "@convkit/schema";
import { expect, test } from "vitest";
import { arrangeFields, summaryOf } from "./arrange-fields";
import { describeFields } from "./describe-fields";
import { pathText, type JsonObject } from "./json-value";

const schema = { ...runConfigJsonSchema() } as JsonObject;
const arranged = arrangeFields(describeFields(schema));
const paths = (fields: readonly { path: (string | number)[] | readonly (string | number)[] }[]) =>
  fields.map(({ path }) => pathText(path));
const section = (id: string) => arranged.folded.find((each) => each.id === id)!;

test("what decides a run first stands open, the rest is folded, and nothing is left out", () => {
  expect(paths(arranged.subject)).toEqual(["data.source", "model"]);
  expect(paths(arranged.training)).toEqual([
    "epochs",
    "batchSize",
    "learningRate",
    "seed",
    "engine",
    "precision",
  ]);
  expect(arranged.folded.map(({ id }) => id)).toEqual([
    "data",
    "transforms",
    "sampling",
    "loss",
    "optimizer",
    "schedule",
    "freeze",
    "gradientClipping",
    "ema",
    "lookahead",
    "checkpoint",
    "earlyStopping",
    "callbacks",
    "more",
  ]);
  expect(paths(section("more").fields)).toEqual([
    "timeBudget",
    "accumulate",
    "stageDecay",
    "testTimeAugmentation",
  ]);
  const strange = {
    type: "object",
    properties: { ...(schema["properties"] as JsonObject), odd: { type: "boolean" } },
  };
  expect(paths(arrangeFields(describeFields(strange)).folded.at(-1)!.fields)).toEqual([
    "timeBudget",
    "accumulate",
    "stageDecay",
    "testTimeAugmentation",
    "odd",
  ]);
});

test("a folded section says what differs from its defaults", () => {
  const input = { data: { source: "a" }, model: "resnet9" };
  expect(summaryOf(section("optimizer"), input)).toBe("sgd");
  expect(summaryOf(section("optimizer"), { ...input, optimizer: "adamw" })).toBe("adamw");
  expect(summaryOf(section("optimizer"), { optimizer: { name: "sgd", momentum: 0.8 } })).toBe(
    "sgd, momentum 0.8",
  );
  expect(summaryOf(section("earlyStopping"), input)).toBe("never");
  expect(summaryOf(section("earlyStopping"), { earlyStopping: { patience: 3 } })).toBe("patience 3");
  expect(summaryOf(section("ema"), input)).toBe("none");
  expect(summaryOf(section("ema"), { ema: {} })).toBe("averaged");
  expect(summaryOf(section("lookahead"), { lookahead: { everySteps: 6 } })).toBe("every steps 6");
  expect(summaryOf(section("gradientClipping"), { gradientClipping: { name: "norm", limit: 1 } })).toBe(
    "norm, limit 1",
  );
  expect(summaryOf(section("transforms"), { transforms: { train: [{}], evaluation: [] } })).toBe(
    "while it learns: 1, when it is judged: 0",
  );
  expect(
    summaryOf(section("transforms"), { transforms: { train: [], batch: ["MixUp"], evaluation: [] } }),
  ).toBe("while it learns: 0, on whole batches: 1, when it is judged: 0");
  expect(summaryOf(section("transforms"), { transforms: "strong" })).toBe("strong");
  expect(summaryOf(section("transforms"), { transforms: null })).toBe("as the data set has it");
  expect(summaryOf(section("data"), { data: { source: "a", limit: { train: 100 } } })).toBe(
    "training pictures 100",
  );
  const parsed = RunConfig.parse(input) as unknown as JsonObject;
  expect(summaryOf(section("optimizer"), parsed)).toBe("sgd");
  expect(summaryOf(section("data"), parsed)).toBe("");
});
