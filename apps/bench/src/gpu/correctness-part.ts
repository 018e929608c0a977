/** Whether training on a GPU is training: the losses of a few steps against those of the `cpu` backend. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import type { Part } from "./run-parts.js";
import { createTrainingStep } from "./training-step.js";

const BATCH_SIZE = 8;
const STEPS = 10;
/** Sums run in another order, and the first step from these weights takes the loss far: 1.4e-4 on llvmpipe. */
const TOLERANCE = 1e-3;

/**
 * Before each step and after the last, in nats. Of `gpu-bench --backend cpu`, which takes minutes: too long to be
 * done each time.
 */
const CPU_LOSSES: readonly number[] = [
  4.0674877, 0.8820392, 0.0006594, 0.0045572, 0.023185, 0.0107716, 0.0075013, 0.0047488, 0.0032273, 0.0023261,
  0.0017656,
];

/** @throws {Error} if a loss is another than on the `cpu` backend; the rows are kept. */
export const correctnessPart: Part = async ({ add, signal }) => {
  let worst = 0;
  let step = 0;
  for await (const loss of firstLosses()) {
    const cpuLoss = CPU_LOSSES[step]!;
    const difference = Math.abs(loss - cpuLoss);
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    const name = `loss after ${step} steps, batch ${BATCH_SIZE}`;
    add({ name, value: loss, unit: "nats", details: { cpuLoss, difference } });
    step++;
    signal.throwIfAborted();
  }
  if (worst <= TOLERANCE) return;
  throw new Error(
    `Expected losses within ${TOLERANCE} of the cpu backend's. Received: ${worst} away. See the rows above.`,
  );
};

/** Of the reference net on the backend of the moment, from weights that are the same each time. */
export async function* firstLosses(): AsyncGenerator<number> {
  const step = await createTrainingStep("reference-net", BATCH_SIZE);
  seedKernels(step.model);
  for (let i = 0; i <= STEPS; i++) {
    const loss = step.run();
    yield (await loss.data())[0]!;
    loss.dispose();
  }
  step.dispose();
}

/** He et al. 2015, https://arxiv.org/abs/1502.01852, eq. 10; tfjs's own initializer has no seed here. */
function seedKernels(model: tf.LayersModel): void {
  const rng = Rng.fromSeed("kernels");
  tf.tidy(() => {
    const weights = model.getWeights().map((weight) => {
      if (weight.rank < 2) return weight;
      const deviation = Math.sqrt(2 / (weight.size / weight.shape.at(-1)!));
      return tf.tensor(
        Float32Array.from({ length: weight.size }, () => deviation * rng.normal()),
        weight.shape,
      );
    });
    model.setWeights(weights);
  });
}
