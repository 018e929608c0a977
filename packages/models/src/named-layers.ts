/**
 * The layers our networks are made of. Each is named by its caller, so that weights keep their names from one
 * process to the next, and takes its randomness from the Rng's branch of that name: equal names and seeds give
 * equal weights, and no two layers share a seed.
 */
import { BatchNormalization, Dropout } from "@convkit/ops";
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";

/**
 * How a kernel starts. `he`: normal, variance 2 / fan-in (He et al. 2015, https://arxiv.org/abs/1502.01852).
 * `torch`: uniform in ±fan-in^−½, the default of PyTorch's Conv2d and Linear, for networks published with it.
 */
export type KernelInitializer = "he" | "torch";

export type ActivationName = "linear" | "relu" | "relu6" | "elu" | "sigmoid" | "tanh" | "softmax";

export type DepthwiseConvOptions = {
  kernelSize?: number;
  strides?: number;
  padding?: "same" | "valid";
  useBias?: boolean;
  activation?: ActivationName;
};

export type ConvOptions = DepthwiseConvOptions & { filters: number; initializer?: KernelInitializer };

export type BatchNormOptions = {
  /** Of the moving statistics: the share of the old value that is kept. */
  momentum?: number;
  epsilon?: number;
  scale?: boolean;
  center?: boolean;
};

export type DenseOptions = {
  units: number;
  useBias?: boolean;
  activation?: ActivationName;
  initializer?: KernelInitializer;
};

export class NamedLayers {
  constructor(private readonly rng: Rng) {}

  /** [N, H, W, C] → [N, H/strides, W/strides, filters]; 3×3, "same", without bias unless told otherwise. */
  conv(name: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const { filters, kernelSize = 3, initializer = "he" } = options;
    const kernelInitializer = this.initializer(name, initializer, kernelSize ** 2 * lastDimension(x));
    return connect(tf.layers.conv2d({ ...convArgs(name, options), filters, kernelInitializer }), x);
  }

  /** [N, H, W, C] → [N, H/strides, W/strides, C]; one filter per channel. */
  depthwiseConv(name: string, x: tf.SymbolicTensor, options: DepthwiseConvOptions = {}): tf.SymbolicTensor {
    const { kernelSize = 3 } = options;
    const depthwiseInitializer = this.initializer(name, "he", kernelSize ** 2);
    return connect(tf.layers.depthwiseConv2d({ ...convArgs(name, options), depthwiseInitializer }), x);
  }

  /** Any shape, over its last dimension. PyTorch's defaults in Keras's terms: momentum 0.9, epsilon 1e-5. */
  batchNorm(name: string, x: tf.SymbolicTensor, options: BatchNormOptions = {}): tf.SymbolicTensor {
    return connect(new BatchNormalization({ name, momentum: 0.9, epsilon: 1e-5, ...options }), x);
  }

  relu(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return connect(tf.layers.activation({ name, activation: "relu" }), x);
  }

  /** `name`-conv, `name`-norm, `name`-relu. */
  convBnRelu(name: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const convolved = this.conv(`${name}-conv`, x, options);
    return this.relu(`${name}-relu`, this.batchNorm(`${name}-norm`, convolved));
  }

  /** [N, H, W, C] → [N, ⌊H/size⌋, ⌊W/size⌋, C] */
  maxPool(name: string, x: tf.SymbolicTensor, size: number): tf.SymbolicTensor {
    return connect(tf.layers.maxPooling2d({ name, poolSize: size, strides: size }), x);
  }

  dropout(name: string, x: tf.SymbolicTensor, rate: number): tf.SymbolicTensor {
    return connect(new Dropout({ name, rate, seed: this.rng.split(name).nextUint32() }), x);
  }

  /** [N, C] → [N, units] */
  dense(name: string, x: tf.SymbolicTensor, options: DenseOptions): tf.SymbolicTensor {
    const { units, useBias = true, activation = "linear", initializer = "he" } = options;
    const kernelInitializer = this.initializer(name, initializer, lastDimension(x));
    return connect(tf.layers.dense({ name, units, useBias, activation, kernelInitializer }), x);
  }

  private initializer(name: string, kind: KernelInitializer, fanIn: number): Initializer {
    // tfjs takes a seed of 0 for none at all.
    const seed = this.rng.split(name).int(2 ** 32 - 1) + 1;
    switch (kind) {
      case "he":
        return tf.initializers.randomNormal({ mean: 0, stddev: Math.sqrt(2 / fanIn), seed });
      case "torch":
        return tf.initializers.randomUniform({
          minval: -1 / Math.sqrt(fanIn),
          maxval: 1 / Math.sqrt(fanIn),
          seed,
        });
      default:
        throw new TypeError(`Expected an initializer. Received: ${String(kind satisfies never)}.`);
    }
  }
}

type Initializer = ReturnType<typeof tf.initializers.ones>;

function convArgs(name: string, options: DepthwiseConvOptions) {
  const { kernelSize = 3, strides = 1, padding = "same", useBias = false, activation = "linear" } = options;
  return { name, kernelSize, strides, padding, useBias, activation };
}

/** A layer's output, where it has one. */
export function connect(
  layer: tf.layers.Layer,
  x: tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

function lastDimension(x: tf.SymbolicTensor): number {
  return x.shape.at(-1) as number;
}
