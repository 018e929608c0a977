/**
 * The layers our networks are made of. Each is named by its caller, so that weights keep their names from one
 * process to the next, and takes its randomness from the Rng's branch of that name: equal names and seeds give
 * equal weights, and no two layers share a seed. All of them are stock layers of tfjs in a saved model.
 */
import { BatchNormalization, DropPath, Dropout, LayerNormalization } from "@convkit/ops";
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";

/**
 * How a kernel starts.
 * `he`: normal, variance 2 / fan-in; `he-fan-out`: 2 / fan-out; `he-uniform`: uniform with the variance of `he`
 * (He et al. 2015, https://arxiv.org/abs/1502.01852).
 * `torch`: uniform in ±fan-in^−½, the default of PyTorch's Conv2d and Linear, for networks published with it.
 * A number is the standard deviation of a normal distribution.
 */
export type KernelInitializer = "he" | "he-fan-out" | "he-uniform" | "torch" | number;

export type ActivationName = "linear" | "relu" | "relu6" | "elu" | "sigmoid" | "tanh" | "softmax";

export type DepthwiseConvOptions = {
  kernelSize?: number;
  strides?: number;
  /** A number: so many zeros on each side, as PyTorch pads. "same" puts one less before than behind at times. */
  padding?: "same" | "valid" | number;
  useBias?: boolean;
  activation?: ActivationName;
  initializer?: KernelInitializer;
};

export type ConvOptions = DepthwiseConvOptions & { filters: number };

export type BatchNormOptions = {
  /** Of the moving statistics: the share of the old value that is kept. */
  momentum?: number;
  epsilon?: number;
  scale?: boolean;
  center?: boolean;
  /** "zeros" lets a residual branch begin as nothing: Goyal et al. 2017, §5.1, https://arxiv.org/abs/1706.02677 */
  gammaInitializer?: "ones" | "zeros";
};

export type DenseOptions = {
  units: number;
  useBias?: boolean;
  activation?: ActivationName;
  initializer?: KernelInitializer;
};

export type PoolOptions = {
  size: number;
  /** `size` if left out. */
  strides?: number;
};

/** How many values a weight reads, and how many read one value: the sum behind an output, the uses of an input. */
type Fans = { fanIn: number; fanOut: number };

export class NamedLayers {
  constructor(private readonly rng: Rng) {}

  /** [N, H, W, C] → [N, H/strides, W/strides, filters]; 3×3, "same", without bias unless told otherwise. */
  conv(name: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const { filters, kernelSize = 3, initializer = "he" } = options;
    const fans = { fanIn: kernelSize ** 2 * lastDimension(x), fanOut: kernelSize ** 2 * filters };
    const kernelInitializer = this.initializer(name, initializer, fans);
    const layer = tf.layers.conv2d({ ...convArgs(name, options), filters, kernelInitializer });
    return connect(layer, this.padFor(name, x, options));
  }

  /** [N, H, W, C] → [N, H/strides, W/strides, C]; one filter per channel. */
  depthwiseConv(name: string, x: tf.SymbolicTensor, options: DepthwiseConvOptions = {}): tf.SymbolicTensor {
    const { kernelSize = 3, initializer = "he" } = options;
    const fans = { fanIn: kernelSize ** 2, fanOut: kernelSize ** 2 };
    const depthwiseInitializer = this.initializer(name, initializer, fans);
    const layer = tf.layers.depthwiseConv2d({ ...convArgs(name, options), depthwiseInitializer });
    return connect(layer, this.padFor(name, x, options));
  }

  /** Any shape, over its last dimension. PyTorch's defaults in Keras's terms: momentum 0.9, epsilon 1e-5. */
  batchNorm(name: string, x: tf.SymbolicTensor, options: BatchNormOptions = {}): tf.SymbolicTensor {
    return connect(new BatchNormalization({ name, momentum: 0.9, epsilon: 1e-5, ...options }), x);
  }

  /** Any shape, over its last dimension. */
  layerNorm(name: string, x: tf.SymbolicTensor, options: { epsilon: number }): tf.SymbolicTensor {
    return connect(new LayerNormalization({ name, ...options }), x);
  }

  relu(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return this.activation(name, x, "relu");
  }

  /** `gelu` is the exact one, by the error function; `swish` is x · sigmoid(x), PyTorch's SiLU. */
  activation(
    name: string,
    x: tf.SymbolicTensor,
    activation: ActivationName | "gelu" | "swish",
  ): tf.SymbolicTensor {
    return connect(tf.layers.activation({ name, activation }), x);
  }

  /**
   * min(max(x + 3, 0), 6) / 6, PyTorch's; `name`-shifted, `name`-relu6 and `name`. tfjs's own has x / 5.
   * Howard et al. 2019, §5.2, https://arxiv.org/abs/1905.02244
   */
  hardSigmoid(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    const shifted = connect(tf.layers.rescaling({ name: `${name}-shifted`, scale: 1, offset: 3 }), x);
    const cut = this.activation(`${name}-relu6`, shifted, "relu6");
    return connect(tf.layers.rescaling({ name, scale: 1 / 6 }), cut);
  }

  /** x · hardSigmoid(x) */
  hardSwish(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return connect(tf.layers.multiply({ name }), [x, this.hardSigmoid(`${name}-gate`, x)]);
  }

  /** `name`-conv, `name`-norm, `name`-relu. */
  convBnRelu(name: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const convolved = this.conv(`${name}-conv`, x, options);
    return this.relu(`${name}-relu`, this.batchNorm(`${name}-norm`, convolved));
  }

  /** [N, H, W, C] → [N, ⌊H/size⌋, ⌊W/size⌋, C] */
  maxPool(name: string, x: tf.SymbolicTensor, options: number | PoolOptions): tf.SymbolicTensor {
    return connect(tf.layers.maxPooling2d(poolArgs(name, options)), x);
  }

  /** [N, H, W, C] → [N, ⌊H/size⌋, ⌊W/size⌋, C] */
  averagePool(name: string, x: tf.SymbolicTensor, options: number | PoolOptions): tf.SymbolicTensor {
    return connect(tf.layers.averagePooling2d(poolArgs(name, options)), x);
  }

  /** [N, H, W, C] → [N, C] */
  globalAveragePool(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return connect(tf.layers.globalAveragePooling2d({ name, dataFormat: "channelsLast" }), x);
  }

  /** Zeros before and behind: [[top, bottom], [left, right]]. */
  zeroPad(
    name: string,
    x: tf.SymbolicTensor,
    padding: [[top: number, bottom: number], [left: number, right: number]],
  ): tf.SymbolicTensor {
    return connect(tf.layers.zeroPadding2d({ name, padding, dataFormat: "channelsLast" }), x);
  }

  add(name: string, xs: tf.SymbolicTensor[]): tf.SymbolicTensor {
    return connect(tf.layers.add({ name }), xs);
  }

  dropout(name: string, x: tf.SymbolicTensor, rate: number): tf.SymbolicTensor {
    return connect(new Dropout({ name, rate, seed: this.rng.split(name).nextUint32() }), x);
  }

  /** Stochastic depth at the end of a residual branch. */
  dropPath(name: string, x: tf.SymbolicTensor, rate: number): tf.SymbolicTensor {
    return connect(new DropPath({ name, rate, seed: this.rng.split(name).nextUint32() }), x);
  }

  /** [N, C] → [N, units] */
  dense(name: string, x: tf.SymbolicTensor, options: DenseOptions): tf.SymbolicTensor {
    const { units, useBias = true, activation = "linear", initializer = "he" } = options;
    const fans = { fanIn: lastDimension(x), fanOut: units };
    const kernelInitializer = this.initializer(name, initializer, fans);
    return connect(tf.layers.dense({ name, units, useBias, activation, kernelInitializer }), x);
  }

  private padFor(name: string, x: tf.SymbolicTensor, { padding }: DepthwiseConvOptions): tf.SymbolicTensor {
    if (typeof padding !== "number" || padding === 0) return x;
    return this.zeroPad(`${name}-pad`, x, [
      [padding, padding],
      [padding, padding],
    ]);
  }

  private initializer(name: string, kind: KernelInitializer, { fanIn, fanOut }: Fans): Initializer {
    // tfjs takes a seed of 0 for none at all.
    const seed = this.rng.split(name).int(2 ** 32 - 1) + 1;
    const normal = (stddev: number) => tf.initializers.randomNormal({ mean: 0, stddev, seed });
    const uniform = (bound: number) => tf.initializers.randomUniform({ minval: -bound, maxval: bound, seed });
    switch (kind) {
      case "he":
        return normal(Math.sqrt(2 / fanIn));
      case "he-fan-out":
        return normal(Math.sqrt(2 / fanOut));
      case "he-uniform":
        return uniform(Math.sqrt(6 / fanIn));
      case "torch":
        return uniform(1 / Math.sqrt(fanIn));
      default:
        return normal(kind);
    }
  }
}

type Initializer = ReturnType<typeof tf.initializers.ones>;

function convArgs(name: string, options: DepthwiseConvOptions) {
  const { kernelSize = 3, strides = 1, padding = "same", useBias = false, activation = "linear" } = options;
  return {
    name,
    kernelSize,
    strides,
    padding: typeof padding === "number" ? ("valid" as const) : padding,
    useBias,
    activation,
  };
}

function poolArgs(name: string, options: number | PoolOptions) {
  const { size, strides = size } = typeof options === "number" ? { size: options } : options;
  return { name, poolSize: size, strides };
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
