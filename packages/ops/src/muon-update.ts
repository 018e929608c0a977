/**
 * Muon: momentum whose update is made a nearly orthogonal matrix, for the filters of convolutions.
 * Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks", https://kellerjordan.github.io/posts/muon/,
 * as airbench94_muon.py of https://github.com/KellerJordan/cifar10-airbench has it, which also brings the filters to one
 * length before each step.
 * Differs from it: all is float32, where it orthogonalises in bfloat16; filters that are all 0 are not brought to a length,
 * where it divides by their norm.
 */
import * as tf from "@tensorflow/tfjs";

/** Of the quintic x ↦ 3.4445x − 4.7750x³ + 2.0315x⁵, steep at 0: singular values end near 1, between 0.7 and 1.2. */
const COEFFICIENTS = [3.4445, -4.775, 2.0315] as const;
const NORM_EPSILON = 1e-7;

export type MuonUpdateInputs = {
  /** float32 [h, w, in, filters]. */
  readonly param: tf.Tensor;
  /** As `param`. */
  readonly grad: tf.Tensor;
  /** As `param`; 0 before the first step. */
  readonly velocity: tf.Tensor;
};

export type MuonUpdateAttrs = {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  /** Of Newton and Schulz. */
  readonly iterations: number;
  /** Whether `param` is brought to a norm of √filters first, for which `weightDecay` is then left out. */
  readonly normalize: boolean;
  /** Whether the filters are those of a depthwise convolution, [h, w, in, filters of each]. */
  readonly depthwise: boolean;
};

/**
 * One step.
 *
 *     velocity' = momentum · velocity + grad
 *     update = orthogonalize(nesterov ? grad + momentum · velocity' : velocity')
 *     param' = (normalize ? param · √filters / ‖param‖ : param · (1 − learningRate · weightDecay)) − learningRate · update
 *
 * @returns the new parameter and velocity; the caller assigns and disposes them.
 */
export function muonUpdate(inputs: MuonUpdateInputs, attrs: MuonUpdateAttrs): [tf.Tensor, tf.Tensor] {
  const { param, grad } = inputs;
  const { learningRate, momentum, nesterov, weightDecay, iterations, normalize, depthwise } = attrs;
  const { shape, size } = param;
  const filters = shape.slice(depthwise ? -2 : -1).reduce((product, length) => product * length, 1);
  return tf.tidy(() => {
    const velocity = inputs.velocity.mul(momentum).add(grad);
    const direction = nesterov ? velocity.mul(momentum).add(grad) : velocity;
    const update = orthogonalize(direction.reshape([size / filters, filters]), iterations).reshape(shape);
    const kept = normalize
      ? param.mul(tf.divNoNan(Math.sqrt(filters), tf.norm(param)))
      : param.mul(1 - learningRate * weightDecay);
    return [kept.sub(update.mul(learningRate)), velocity];
  });
}

/**
 * Near U·Vᵀ for a matrix U·S·Vᵀ, by Newton and Schulz's iteration on its smaller side.
 *
 * @param matrix float32 [m, n].
 * @returns float32 [m, n], which the caller disposes.
 */
export function orthogonalize(matrix: tf.Tensor2D, iterations: number): tf.Tensor2D {
  const [a, b, c] = COEFFICIENTS;
  const [rows, columns] = matrix.shape;
  const isTall = rows > columns;
  return tf.tidy(() => {
    let x: tf.Tensor2D = tf.div(matrix, tf.add(tf.norm(matrix), NORM_EPSILON));
    for (let i = 0; i < iterations; i++) {
      const gram: tf.Tensor2D = tf.matMul(x, x, isTall, !isTall);
      const polynomial: tf.Tensor2D = tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c));
      const product = isTall ? tf.matMul(x, polynomial) : tf.matMul(polynomial, x);
      x = tf.add(tf.mul(x, a), product);
    }
    return x;
  });
}
