import { describe, expect, it } from "vitest";
import { betterOf, fieldOf, SqlParameters, UnknownFieldError, type KnownKeys } from "./run-fields.js";

const known: KnownKeys = {
  metrics: new Set(["val_accuracy", "val_loss", "min.loss", "status"]),
  params: new Map([
    ["optimizer.momentum", true],
    ["optimizer.name", false],
    ["val_loss", true],
  ]),
};

describe("betterOf", () => {
  it.each([
    ["loss", "min"],
    ["val_loss", "min"],
    ["batch_loss", "min"],
    ["test_loss", "min"],
    ["loss_scale", "min"],
    ["mean_absolute_error", "min"],
    ["val_ece", "min"],
    ["brier", "min"],
    ["perplexity", "min"],
    ["epoch_seconds", "min"],
    ["system/memory_bytes", "min"],
    ["system/cpu_percent", "min"],
    ["system/data_wait_percent", "min"],
    ["data_wait_percent", "min"],
    ["accuracy", "max"],
    ["val_accuracy", "max"],
    ["top_5_accuracy", "max"],
    ["f1", "max"],
    ["auc", "max"],
    ["images_per_second", "max"],
    ["learning_rate", "max"],
    // A word of its own counts, its letters in another word do not.
    ["glossiness", "max"],
    ["species", "max"],
  ])("%s: %s", (key, better) => {
    expect(betterOf(key)).toBe(better);
  });
});

describe("fieldOf", () => {
  it.each([
    ["status", "status", "text"],
    ["created", "created", "time"],
    ["val_accuracy", "best.val_accuracy", "number"],
    ["best.val_accuracy", "best.val_accuracy", "number"],
    ["last.val_accuracy", "last.val_accuracy", "number"],
    ["max.val_accuracy", "max.val_accuracy", "number"],
    // Also a metric's own name may begin with a word of ours.
    ["min.loss", "best.min.loss", "number"],
    ["min.min.loss", "min.min.loss", "number"],
    ["optimizer.momentum", "param.optimizer.momentum", "number"],
    ["param.optimizer.momentum", "param.optimizer.momentum", "number"],
    ["optimizer.name", "param.optimizer.name", "text"],
    // A metric goes before a param of the same name, which can still be named.
    ["val_loss", "best.val_loss", "number"],
    ["param.val_loss", "param.val_loss", "number"],
    ["best.status", "best.status", "number"],
  ])("%s is %s, a %s", (name, found, kind) => {
    expect(fieldOf(name, known)).toMatchObject({ name: found, kind });
  });

  it("makes no SQL of a name", () => {
    const hostile = "x'); DROP TABLE run; --";
    const parameters = new SqlParameters();
    const field = fieldOf(hostile, { metrics: new Set([hostile]), params: new Map() });
    expect(field.sql(parameters)).not.toContain("DROP");
    expect(parameters.values).toEqual([hostile]);
  });

  it("says what is near an unknown name, or which columns there are", () => {
    expect(() => fieldOf("val_acuracy", known)).toThrow(UnknownFieldError);
    expect(() => fieldOf("val_acuracy", known)).toThrow("Received: val_acuracy. Near it: val_accuracy.");
    expect(() => fieldOf("nonsense", known)).toThrow(/Columns: id, name, experiment, .*, tag\.$/);
    for (const name of ["__proto__", "constructor", "last.nothing", "param.nothing", ""]) {
      expect(() => fieldOf(name, known)).toThrow(UnknownFieldError);
    }
  });
});
