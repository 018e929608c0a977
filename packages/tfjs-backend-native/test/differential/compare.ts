/** Runs a differential case on one backend and compares what came out. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import type { Input, OpCase, Tolerance } from "./op-case.js";

export type Outcome = { label: string; shape: number[]; values: tf.TypedArray; tolerance: Tolerance }[];

/** Every output of the case on the backend now set, then its gradients. */
export function outcomeOf(opCase: OpCase, run: OpCase["run"], gradientSeed: number): Outcome {
  return tf.tidy(() => {
    const inputs = opCase.inputs.map(upload);
    const outputs = [run(inputs)].flat();
    const outcome = outputs.map((output, i) => read(output, `output ${i}`, opCase.tolerance));
    const { gradientTolerance } = opCase;
    const [first] = outputs;
    if (gradientTolerance === undefined || first === undefined) return outcome;
    const dy = upload(weighting(first.shape, gradientSeed));
    const scalarRun = (...xs: tf.Tensor[]): tf.Tensor => [run(xs)].flat()[0] as tf.Tensor;
    const gradients = tf.grads(scalarRun)(inputs, dy);
    return [
      ...outcome,
      ...gradients.map((gradient, i) => read(gradient, `gradient ${i}`, gradientTolerance)),
    ];
  });
}

function upload({ values, shape, dtype }: Input): tf.Tensor {
  // A copy: the backends keep the array they are given.
  return tf.tensor(values.slice(), shape, dtype);
}

function weighting(shape: number[], seed: number): Input {
  const rng = Rng.fromSeed(seed);
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal());
  return { shape, dtype: "float32", values };
}

function read(tensor: tf.Tensor, label: string, tolerance: Tolerance): Outcome[number] {
  return { label, shape: tensor.shape, values: tensor.dataSync(), tolerance };
}

/** @throws if the two differ by more than the tolerance anywhere. */
export function assertAgreement(actual: Outcome, expected: Outcome, context: string): void {
  if (actual.length !== expected.length) {
    throw new Error(`${context}: expected ${expected.length} outputs, received ${actual.length}`);
  }
  for (const [i, { label, shape, values, tolerance }] of expected.entries()) {
    const received = actual[i] as Outcome[number];
    if (!tf.util.arraysEqual(received.shape, shape)) {
      throw new Error(`${context}: ${label} has shape [${received.shape}], expected [${shape}]`);
    }
    for (let j = 0; j < values.length; j++) {
      const a = received.values[j] as number;
      const e = values[j] as number;
      if (!agree(a, e, tolerance)) {
        throw new Error(
          `${context}: ${label} [${shape}] differs at ${j} of ${values.length}: ${a}, expected ${e}`,
        );
      }
    }
  }
}

function agree(actual: number, expected: number, { absolute, relative }: Tolerance): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  return Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
}
