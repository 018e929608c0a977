import { updateVariables as update, type VariableStep } from "@convkit/ops";
import { VARIABLE_UPDATES, type VariableUpdateName } from "@convkit/ops/kernel-names";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import * as kernels from "../src/kernels/optimizer-update.js";
import { callKernel, randomValues, type Values } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { expectSums, TermSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";

type Numbers = Readonly<Record<string, number>>;

/** Of each update: its kernel, its attributes, and its outputs as lists of terms in float64. */
const UPDATES = {
  SgdUpdate: {
    kernel: kernels.sgdUpdate,
    attrs: { learningRate: 0.25, momentum: 0.9, nesterov: true, weightDecay: 0.125, coupled: true },
    terms: ({ param: p, grad: g, velocity: v }: Numbers) => {
      const coupled = [g!, 0.125 * p!];
      const velocity = [0.9 * v!, ...coupled];
      return [
        [p!, ...[...coupled, ...velocity.map((term) => 0.9 * term)].map((term) => -0.25 * term)],
        velocity,
      ];
    },
  },
  AdamWUpdate: {
    kernel: kernels.adamWUpdate,
    attrs: { learningRate: 0.25, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.125, step: 3 },
    terms: ({ param: p, grad: g, firstMoment: m, secondMoment: v }: Numbers) => {
      const first = [0.9 * m!, 0.1 * g!];
      const second = [0.99 * v! ** 2, 0.01 * g! ** 2];
      const deviation = Math.sqrt(sum(second) / (1 - 0.99 ** 3)) + 1e-8;
      const moves = first.map((term) => (-0.25 * term) / (1 - 0.9 ** 3) / deviation);
      return [[p!, -0.25 * 0.125 * p!, ...moves], first, second];
    },
  },
  RmsPropUpdate: {
    kernel: kernels.rmsPropUpdate,
    attrs: { learningRate: 0.25, smoothing: 0.75, momentum: 0.5, epsilon: 0.001, weightDecay: 0.125 },
    terms: ({ param: p, grad: g, meanSquare: s, velocity: v }: Numbers) => {
      const square = [0.75 * s! ** 2, 0.25 * g! ** 2];
      const velocity = [0.5 * v!, g! / (Math.sqrt(sum(square)) + 0.001)];
      return [[p!, -0.25 * 0.125 * p!, ...velocity.map((term) => -0.25 * term)], square, velocity];
    },
  },
  LionUpdate: {
    kernel: kernels.lionUpdate,
    attrs: { learningRate: 0.25, beta1: 0.875, beta2: 0.75, weightDecay: 0.125 },
    terms: ({ param: p, grad: g, average: m }: Numbers) => {
      const sign = Math.sign(0.875 * m! + 0.125 * g!);
      return [
        [p!, -0.25 * sign, -0.25 * 0.125 * p!],
        [0.75 * m!, 0.25 * g!],
      ];
    },
  },
  MoveTowards: {
    kernel: kernels.moveTowards,
    attrs: { share: 0.25, factor: 1.5 },
    terms: ({ average: a, value: x }: Numbers) => [[a!, 0.25 * 1.5 * x!, -0.25 * a!]],
  },
} as const;

/** Names of inputs that are squares; the others may have either sign. */
const SQUARES = new Set(["secondMoment", "meanSquare"]);
const NAMES = Object.keys(UPDATES) as VariableUpdateName[];

function sum(terms: readonly number[]): number {
  return terms.reduce((total, term) => total + term, 0);
}

function inputsOf(name: VariableUpdateName, shape: readonly number[], rng: Rng): Record<string, Values> {
  const { changed, read } = VARIABLE_UPDATES[name];
  return Object.fromEntries(
    [...changed, ...read].map((input) => [input, randomValues(rng.split(input), shape)]),
  );
}

/** As the kernel takes them. */
function squared(inputs: Readonly<Record<string, Values>>): Record<string, Values> {
  const entries = Object.entries(inputs).map(([name, { shape, values }]) => [
    name,
    { shape, values: SQUARES.has(name) ? values.map((value) => value ** 2) : values },
  ]);
  return Object.fromEntries(entries) as Record<string, Values>;
}

await describeOnGpu("updates of variables", (backend) => {
  it.each(NAMES.flatMap((name) => [1, 257, 5000].map((size) => ({ name, size }))))(
    "$name gives new values of $size",
    async ({ name, size }) => {
      const { kernel, attrs, terms } = UPDATES[name];
      const inputs = inputsOf(name, [size], Rng.fromSeed(testSeed).split(`${name} ${size}`));
      const outputs = (await callKernel(backend, kernel, { inputs: squared(inputs), attrs }))!;
      VARIABLE_UPDATES[name].changed.forEach((output, place) => {
        const expected = new TermSums(size);
        for (let i = 0; i < size; i++) {
          const numbers = Object.fromEntries(
            Object.entries(inputs).map(([key, { values }]) => [key, values[i]!]),
          );
          for (const term of terms(numbers)[place]!) expected.add(i, term);
        }
        expectSums(outputs[place]!.values, expected, { where: output });
      });
    },
  );

  it.each(NAMES)("%s in place gives the same bits, for more variables than a program takes", async (name) => {
    const { kernel, attrs } = UPDATES[name];
    const shapes = [
      [3],
      [2, 4],
      [1],
      [300, 5],
      [7, 1],
      [256],
      [64, 3, 3],
      [5],
      [4],
      [8],
      [12],
      [16],
      [20],
      [24],
    ];
    const cases = shapes.map((shape, i) => squared(inputsOf(name, shape, Rng.fromSeed(testSeed).split(i))));
    const { changed } = VARIABLE_UPDATES[name] as { changed: readonly string[] };
    const tensors = cases.map((inputs) =>
      Object.fromEntries(
        Object.entries(inputs).map(([key, { shape, values }]) => {
          const tensor = tf.tensor(values, [...shape]);
          if (!changed.includes(key)) return [key, tensor] as const;
          const variable = tf.variable(tensor);
          // They share their data.
          tensor.dispose();
          return [key, variable] as const;
        }),
      ),
    );
    // Of one number, which is no memory of its own before; and one whose values were read before.
    await Promise.all(Object.values(tensors[1]!).map((tensor) => tensor.data()));

    const before = backend.commandCounts.dispatches;
    update(tensors.map((inputs) => ({ update: name, inputs, attrs }) as unknown as VariableStep));
    expect(backend.commandCounts.dispatches - before).toBeLessThan(shapes.length);
    for (const [i, inputs] of cases.entries()) {
      const expected = (await callKernel(backend, kernel, { inputs, attrs }))!;
      for (const [place, key] of changed.entries()) {
        expect(await tensors[i]![key]!.data(), `${key} of ${shapes[i]!.join()}`).toEqual(
          expected[place]!.values,
        );
      }
    }
  });

  it("leaves a clone of a variable as it was", async () => {
    const [param, velocity] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([0, 0]))];
    const clone = param.clone();
    const grad = tf.tensor1d([1, 1]);
    const attrs = { learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0 };
    update([{ update: "SgdUpdate", inputs: { param, grad, velocity }, attrs }]);
    expect([...(await clone.data())]).toEqual([1, 2]);
    expect([...(await param.data())]).toEqual([0, 1]);
    update([{ update: "SgdUpdate", inputs: { param, grad, velocity }, attrs }]);
    expect([...(await param.data())]).toEqual([-1, 0]);
  });
});
