import { expect, test } from "vitest";
import { groupCurves, splitKey, systemCurves } from "./curve-groups";

test("curves of one quantity share a chart, what matters most comes first", () => {
  const keys = [
    "accuracy",
    "batch_loss",
    "custom",
    "learning_rate",
    "loss",
    "system/cpu_percent",
    "test_loss",
    "val_accuracy",
    "val_loss",
  ];
  expect(groupCurves(keys).map(({ id, keys: own }) => [id, own])).toEqual([
    ["loss", ["val_loss", "loss", "batch_loss"]],
    ["accuracy", ["val_accuracy", "accuracy"]],
    ["custom", ["custom"]],
    ["learning_rate", ["learning_rate"]],
  ]);
});

test("machine figures have a chart each, in their own order", () => {
  const keys = ["system/memory_bytes", "system/fan", "system/data_wait_percent", "loss"];
  expect(systemCurves(keys).map(({ id }) => id)).toEqual([
    "system/data_wait_percent",
    "system/memory_bytes",
    "system/fan",
  ]);
});

test("a prefix tells the way of measuring", () => {
  expect(splitKey("val_top_5")).toEqual({ way: "val_", quantity: "top_5" });
  expect(splitKey("value")).toEqual({ way: "", quantity: "value" });
});
