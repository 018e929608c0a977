import { describe, expect, it } from "vitest";
import { isModelName, MODEL_NAMES, parseModelSpec } from "./names.js";

describe("parseModelSpec", () => {
  it("takes what looks like a path for a module, and anything else for a name", () => {
    for (const path of ["./net.mjs", "net.ts", "nets/mine", "C:\\nets\\mine.mjs", "net.mts", "net.js"]) {
      expect(parseModelSpec(path)).toEqual({ module: path, options: {} });
    }
    for (const name of [...MODEL_NAMES, "resnet21", "netts"]) {
      expect(parseModelSpec(name)).toEqual({ name, options: {} });
    }
  });
});

describe("isModelName", () => {
  it("knows the registry's names and no other", () => {
    expect(MODEL_NAMES.every(isModelName)).toBe(true);
    expect(isModelName("toString")).toBe(false);
  });
});
