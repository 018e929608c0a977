/**
 * What the C++ addon offers, as JavaScript sees it. The counterparts are native/*-bindings.cc; they change together.
 *
 * Every array is read or written in place: outputs come first-allocated from the caller and need no particular
 * content. `params` are int32 and in the order their type names them. The addon checks that every array is as
 * long as its parameters say and throws a `RangeError` otherwise, or an `Error` when memory for its scratch runs
 * out; it never reads or writes outside an array it was given.
 */

/**
 * [batch, inH, inW, inC, filterH, filterW, outH, outW, outC, strideH, strideW, dilationH, dilationW, padTop,
 * padLeft, activationCode]: input NHWC, filter HWIO, output NHWC. Padding below and to the right follows from
 * the sizes. The two gradients ignore the activation.
 */
export type ConvParams = Int32Array;

/** [batchA, batchB, m, k, n, transposeA, transposeB, activationCode]; a batch of 1 is repeated. */
export type MatMulParams = Int32Array;

/** [rows, channels, relu]: a row is one pixel, `relu` is 0 or 1. */
export type BatchNormParams = Int32Array;

/** [op, rank, ...sizes of a, ...sizes of b]: shapes aligned to the right and filled up with 1; op-codes.ts. */
export type BroadcastParams = Int32Array;

/** [op, outer, reduced, inner]: reduces the middle axis; op-codes.ts. */
export type ReduceParams = Int32Array;

/** [batch, inH, inW, channels, filterH, filterW, outH, outW, strideH, strideW, padTop, padLeft]: NHWC. */
export type PoolParams = Int32Array;

/** [rank, source offset, target offset, ...sizes, ...source strides, ...target strides], all in elements. */
export type CopyParams = Int32Array;

/** [rank, ...sizes, ...before, ...after]: of the tensor inside the padding. */
export type PadParams = Int32Array;

/** [batch, inH, inW, channels, outH, outW, alignCorners, halfPixelCenters]: NHWC; the last two are 0 or 1. */
export type ResizeParams = Int32Array;

export type ElementArray = Float32Array | Int32Array | Uint8Array;

export interface NativeAddon {
  /** True for the first caller in the process: the one to apply the environment's settings. */
  isFirstLoad(): boolean;
  /** The address of the array's first byte, modulo 64. */
  addressOf(array: ArrayBufferView): number;
  /** The instruction set in use: "avx512", "avx2", "neon" or "portable". */
  isaName(): string;
  /** What this CPU can run, best first. */
  availableIsas(): string[];
  /** Switches the whole process to an instruction set, and to float32; false if this CPU or this build has not got it. */
  selectIsa(name: string): boolean;
  /** What computes convolutions in bfloat16 on this CPU beside the instruction set in use, best first. */
  bf16Units(): string[];
  /** The one in use; null while convolutions are computed in float32. */
  bf16Unit(): string | null;
  /** For the whole process; null for float32. False if this CPU or this build has not got it. */
  selectBf16Unit(name: string | null): boolean;
  getThreadCount(): number;
  /** Takes effect at the next kernel, for the whole process. */
  setThreadCount(count: number): void;
  /** GFLOP/s of independent fused multiply-adds on all threads, measured for that long. */
  fmaPeak(durationMs: number): number;

  /** `alpha` is leaky ReLU's slope. */
  conv2d(
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    params: ConvParams,
    alpha: number,
  ): void;
  conv2dBackpropInput(dy: Float32Array, filter: Float32Array, dx: Float32Array, params: ConvParams): void;
  conv2dBackpropFilter(x: Float32Array, dy: Float32Array, dw: Float32Array, params: ConvParams): void;

  /** The filter is [filterH, filterW, inC, outC / inC], `bias` has outC elements. */
  depthwiseConv2d(
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    params: ConvParams,
    alpha: number,
  ): void;
  depthwiseConv2dBackpropInput(
    dy: Float32Array,
    filter: Float32Array,
    dx: Float32Array,
    params: ConvParams,
  ): void;
  depthwiseConv2dBackpropFilter(
    x: Float32Array,
    dy: Float32Array,
    dw: Float32Array,
    params: ConvParams,
  ): void;

  /** `bias` has n elements; `alpha` is leaky ReLU's slope. */
  batchMatMul(
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array | null,
    out: Float32Array,
    params: MatMulParams,
    alpha: number,
  ): void;

  batchNormTraining(
    x: Float32Array,
    scale: Float32Array | null,
    offset: Float32Array | null,
    y: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    params: BatchNormParams,
    epsilon: number,
  ): void;
  batchNormTrainingGrad(
    dy: Float32Array,
    x: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    scale: Float32Array | null,
    offset: Float32Array | null,
    dx: Float32Array,
    dscale: Float32Array,
    doffset: Float32Array,
    params: BatchNormParams,
    epsilon: number,
  ): void;
  /** 2×2 windows of stride 2 behind the ReLU. `params`: rows of windows of all images, windows a row, channels. */
  batchNormReluMaxPool: NativeAddon["batchNormTraining"];
  batchNormReluMaxPoolGrad: NativeAddon["batchNormTrainingGrad"];
  /** The inference formula; `params[2]` is unused. */
  fusedBatchNorm(
    x: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    scale: Float32Array | null,
    offset: Float32Array | null,
    y: Float32Array,
    params: BatchNormParams,
    epsilon: number,
  ): void;

  /** `op` is one of op-codes.ts; `alpha` is leaky ReLU's slope, or what Step gives where x ≤ 0. */
  unary(x: Float32Array, y: Float32Array, op: number, alpha: number): void;
  binary(a: Float32Array, b: Float32Array, out: Float32Array, params: BroadcastParams): void;
  /** Both operands are of the same type. */
  compare(
    a: Float32Array | Int32Array,
    b: Float32Array | Int32Array,
    out: Uint8Array,
    params: BroadcastParams,
  ): void;
  logical(a: Uint8Array, b: Uint8Array, out: Uint8Array, params: BroadcastParams): void;
  logicalNot(x: Uint8Array, y: Uint8Array): void;
  /** The last three are of the same type. */
  select(condition: Uint8Array, t: ElementArray, e: ElementArray, out: ElementArray): void;
  /** From one element type to another. */
  cast(x: ElementArray, y: ElementArray): void;
  /** At least one input, at most 16; `sum` may be one of them. */
  addN(sum: Float32Array, ...inputs: Float32Array[]): void;
  dropout(x: Float32Array, y: Float32Array, rate: number, seed: number): void;
  sgdUpdate(
    param: Float32Array,
    grad: Float32Array,
    velocity: Float32Array,
    newParam: Float32Array,
    newVelocity: Float32Array,
    learningRate: number,
    momentum: number,
    weightDecay: number,
    nesterov: 0 | 1,
    coupled: 0 | 1,
  ): void;
  adamWUpdate(
    param: Float32Array,
    grad: Float32Array,
    firstMoment: Float32Array,
    secondMoment: Float32Array,
    newParam: Float32Array,
    newFirstMoment: Float32Array,
    newSecondMoment: Float32Array,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    weightDecay: number,
    step: number,
  ): void;
  rmsPropUpdate(
    param: Float32Array,
    grad: Float32Array,
    meanSquare: Float32Array,
    velocity: Float32Array,
    newParam: Float32Array,
    newMeanSquare: Float32Array,
    newVelocity: Float32Array,
    learningRate: number,
    smoothing: number,
    momentum: number,
    epsilon: number,
    weightDecay: number,
  ): void;
  lionUpdate(
    param: Float32Array,
    grad: Float32Array,
    average: Float32Array,
    newParam: Float32Array,
    newAverage: Float32Array,
    learningRate: number,
    beta1: number,
    beta2: number,
    weightDecay: number,
  ): void;

  /** `y` is an Int32Array for argMax. */
  reduce(x: Float32Array, y: Float32Array | Int32Array, params: ReduceParams): void;
  /** Over rows of `columns` elements. */
  softmax(x: Float32Array, y: Float32Array, columns: number, logarithmic: 0 | 1): void;

  maxPool(x: Float32Array, y: Float32Array, params: PoolParams): void;
  avgPool(x: Float32Array, y: Float32Array, params: PoolParams): void;
  maxPoolGrad(dy: Float32Array, x: Float32Array, dx: Float32Array, params: PoolParams): void;
  avgPoolGrad(dy: Float32Array, dx: Float32Array, params: PoolParams): void;

  /** Both arrays are of the same type. */
  copyStrided(source: ElementArray, target: ElementArray, params: CopyParams): void;
  /** All of the same type; `value` has one element. */
  pad(source: ElementArray, target: ElementArray, value: ElementArray, params: PadParams): void;
  /** `target` [indices, depth] and `values` [off, on] are of the same type. */
  oneHot(
    indices: Int32Array,
    target: Float32Array | Int32Array,
    values: Float32Array | Int32Array,
    depth: number,
  ): void;

  resizeBilinear(x: Float32Array, y: Float32Array, params: ResizeParams): void;
  resizeBilinearGrad(dy: Float32Array, dx: Float32Array, params: ResizeParams): void;
}
