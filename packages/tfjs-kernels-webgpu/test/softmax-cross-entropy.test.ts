import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { softmaxCrossEntropy } from "../src/kernels/softmax-cross-entropy.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { expectSums, TermSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";

await describeOnGpu("SoftmaxCrossEntropy", (backend) => {
  it.each([
    { shape: [1, 1], divisor: 1 },
    { shape: [5, 10], divisor: 5 },
    { shape: [300, 3], divisor: 2.5 },
    { shape: [7, 150], divisor: 7 },
  ])("of $shape over $divisor, with targets that do not sum to 1", async ({ shape, divisor }) => {
    const rng = Rng.fromSeed(testSeed).split(shape.join());
    const logits = randomValues(rng.split("z"), shape);
    const wide = { shape, values: logits.values.map((value) => 20 * value) };
    const targets = { shape, values: randomValues(rng.split("t"), shape).values.map(Math.abs) };
    const call = { inputs: { logits: wide, targets }, attrs: { divisor } };
    const [loss, dlogits] = (await callKernel(backend, softmaxCrossEntropy, call))!;

    const [rows, classes] = shape as [number, number];
    const [expected, gradient] = [new TermSums(1), new TermSums(rows * classes)];
    for (let row = 0; row < rows; row++) {
      const places = Array.from({ length: classes }, (_, c) => row * classes + c);
      const greatest = Math.max(...places.map((i) => wide.values[i]!));
      const sum = places.reduce((total, i) => total + Math.exp(wide.values[i]! - greatest), 0);
      const share = places.reduce((total, i) => total + targets.values[i]!, 0);
      for (const i of places) {
        const t = targets.values[i]! / divisor;
        for (const term of [wide.values[i]!, -greatest, -Math.log(sum)]) expected.add(0, -t * term);
        const probability = Math.exp(wide.values[i]! - greatest) / sum;
        gradient.add(i, (probability * share) / divisor);
        // Rounding of what is raised to a power of e.
        gradient.magnitudes[i]! *= 1 + Math.abs(wide.values[i]! - greatest);
        gradient.add(i, -t);
      }
    }
    expect([loss!.shape, dlogits!.shape]).toEqual([[], shape]);
    expectSums(loss!.values, expected, { where: "loss" });
    expectSums(dlogits!.values, gradient, { where: "dlogits" });
    expect(await callKernel(backend, softmaxCrossEntropy, call)).toEqual([loss, dlogits]);
  });
});
