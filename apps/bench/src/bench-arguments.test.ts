import { describe, expect, it } from "vitest";
import { BENCHMARK_NAMES, parseBenchArguments, UsageError } from "./bench-arguments.js";

describe("parseBenchArguments", () => {
  it("takes one benchmark and its options", () => {
    const args = ["kernels", "--rounds", "3", "--json", "out.json", "--markdown"];
    expect(parseBenchArguments(args)).toEqual({
      benchmarks: ["kernels"],
      rounds: 3,
      jsonPath: "out.json",
      markdown: true,
    });
  });

  it("without a name takes all, with fewer rounds each", () => {
    const all = parseBenchArguments([]);
    expect(all).toMatchObject({ benchmarks: BENCHMARK_NAMES, jsonPath: null, markdown: false });
    expect(all.rounds).toBeLessThan(parseBenchArguments(["step"]).rounds);
  });

  it.each([
    [["steps"], "Received: steps"],
    [["step", "kernels"], "Received: step kernels"],
    [["step", "--rounds", "0"], "Received: 0"],
    [["step", "--rounds", "2.5"], "Received: 2.5"],
    [["step", "--rounds", "many"], "Received: many"],
    [["step", "--json"], "Received: step --json"],
    [["step", "--fast"], "Received: step --fast"],
  ])("refuses %j", (args, message) => {
    expect(() => parseBenchArguments(args)).toThrow(UsageError);
    expect(() => parseBenchArguments(args)).toThrow(message);
  });
});
