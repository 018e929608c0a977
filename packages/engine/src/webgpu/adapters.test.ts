import { expect, it } from "vitest";
import { chooseName } from "./adapters.js";

const NAMES = ["Intel(R) UHD 770", "NVIDIA H200", "NVIDIA RTX 4090"];

it.each([
  ["1", "NVIDIA H200"],
  ["4090", "NVIDIA RTX 4090"],
  ["nvidia", "NVIDIA H200"],
  ["intel(r)", "Intel(R) UHD 770"],
])("takes %s for %s", (choice, name) => {
  expect(chooseName(choice, NAMES)).toBe(name);
});

it.each(["3", "AMD"])("says which there are where %s is none of them", (choice) => {
  expect(() => chooseName(choice, NAMES)).toThrow(
    `(0: Intel(R) UHD 770, 1: NVIDIA H200, 2: NVIDIA RTX 4090). Received: "${choice}"`,
  );
});

it("says that there is none", () => {
  expect(() => chooseName("0", [])).toThrow("one of the GPUs (none)");
});

it("does not take the first of a name where another was asked for", () => {
  const alike = ["NVIDIA H200", "NVIDIA H200"];
  expect(chooseName("0", alike)).toBe("NVIDIA H200");
  expect(() => chooseName("1", alike)).toThrow(
    /names of their own.*index 1\. Show the process that GPU alone/,
  );
});
