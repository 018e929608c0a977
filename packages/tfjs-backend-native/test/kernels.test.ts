/**
 * The C++ side's own tests: every kernel of every instruction set that this CPU runs, against plain loops
 * (native/test/).
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { availableIsas, bf16Units } from "../src/binding.js";

const program = fileURLToPath(new URL("../build/Release/kernels_test", import.meta.url));
const SEED = "20260731";

it("has right kernels in every instruction set", async () => {
  const { stdout } = await promisify(execFile)(program, [SEED]);
  const tested = stdout
    .split("\n")
    .flatMap((line) => /^([\w-]+): \d+ checks passed, 0 failed/.exec(line)?.[1] ?? []);
  expect(tested).toEqual([...availableIsas(), ...bf16Units(), "host"]);
});
