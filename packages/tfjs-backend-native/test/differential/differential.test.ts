import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableIsas, isaName, selectIsa } from "../../src/binding.js";
import { kernelCounters, resetKernelCounters } from "../../src/kernel-counters.js";
import { registerNativeBackend } from "../../src/register-native-backend.js";
import { testSeed } from "../env.js";
import { assertAgreement, type Outcome, outcomeOf } from "./compare.js";
import { opTable } from "./op-table.js";

registerNativeBackend();
const isas = availableIsas();
const best = isaName();

beforeAll(() => {
  const total = opTable.reduce((sum, { cases }) => sum + cases, 0);
  process.stdout.write(
    `${total} random calls on each of ${isas.join(", ")}; CONVKIT_TEST_SEED=${testSeed}\n`,
  );
});
afterAll(() => selectIsa(best));

describe("agrees with the reference on every instruction set of this machine", () => {
  it.each(opTable)("$name, $cases calls", async ({ name, kernels, fallbacks = [], cases, generate }) => {
    resetKernelCounters();
    const calls = Array.from({ length: cases }, (_, i) =>
      generate(Rng.fromSeed(testSeed).split(name).split(i)),
    );
    await tf.setBackend("cpu");
    const expected = calls.map((call, i) => outcomeOf(call, call.reference ?? call.run, i));
    await tf.setBackend("native");
    const { numTensors } = tf.memory();
    for (const isa of isas) {
      selectIsa(isa);
      for (const [i, call] of calls.entries()) {
        const context = `${name} #${i} on ${isa}, CONVKIT_TEST_SEED=${testSeed}: ${call.description}`;
        assertAgreement(outcomeOf(call, call.run, i), expected[i] as Outcome, context);
      }
    }
    expect(tf.memory().numTensors).toBe(numTensors);
    const counters = kernelCounters();
    for (const kernel of kernels) {
      expect(counters[kernel]?.native, `${kernel} served natively`).toBeGreaterThan(0);
      const reasons = Object.keys(counters[kernel]?.copied ?? {});
      expect(
        reasons.filter((reason) => !(fallbacks as readonly string[]).includes(reason)),
        kernel,
      ).toEqual([]);
    }
  });
});
