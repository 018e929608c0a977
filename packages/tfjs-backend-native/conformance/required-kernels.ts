/**
 * The kernels that must be served by native code, and for each the only reasons for which a call may go to the
 * kernel copied from `cpu` instead. Anything else the suite turns up is a failure.
 */
import * as own from "@convkit/ops/kernel-names";
import * as tf from "@tensorflow/tfjs-core";
import type { FallbackReason } from "../src/kernel-counters.js";

type AllowedReasons = readonly FallbackReason[];

/** int32, bool, string and complex64 are not what trains networks. The wrapper checks that the inputs were of them. */
const floatOnly: AllowedReasons = ["dtype"];
/** What moves elements, or turns them into others, does so for every fixed width. */
const anyElement: AllowedReasons = ["string or complex64"];
const convolution: AllowedReasons = [
  "dtype",
  "data format", // NCHW: everything of this project is NHWC
  "empty input", // the sum over nothing
  "negative padding", // a crop in disguise, which only direct kernel calls can ask for
  "inconsistent shapes", // conv2dTranspose lets the caller name an output that does not fit; `cpu` copes
];

export const requiredKernels: Readonly<Record<string, AllowedReasons>> = {
  [tf.Conv2D]: convolution,
  [tf.FusedConv2D]: convolution,
  [tf.Conv2DBackpropInput]: convolution,
  [tf.Conv2DBackpropFilter]: convolution,
  [tf.DepthwiseConv2dNative]: convolution,
  [tf.DepthwiseConv2dNativeBackpropInput]: convolution,
  [tf.DepthwiseConv2dNativeBackpropFilter]: convolution,
  [tf.FusedDepthwiseConv2D]: convolution,
  [tf.BatchMatMul]: ["dtype", "empty input"],
  [tf._FusedMatMul]: ["dtype", "empty input"],
  [tf.MaxPool]: ["dtype"],
  [tf.MaxPoolGrad]: ["dtype"],
  [tf.AvgPool]: ["dtype"],
  [tf.AvgPoolGrad]: ["dtype"],
  [tf.FusedBatchNorm]: ["dtype", "inconsistent shapes"],
  [tf.Add]: floatOnly,
  [tf.Sub]: floatOnly,
  [tf.Multiply]: floatOnly,
  [tf.RealDiv]: floatOnly,
  [tf.Maximum]: floatOnly,
  [tf.Minimum]: floatOnly,
  [tf.Pow]: floatOnly,
  [tf.SquaredDifference]: floatOnly,
  [tf.Mod]: floatOnly,
  [tf.Atan2]: floatOnly,
  [tf.Prelu]: floatOnly,
  [tf.LogicalAnd]: floatOnly,
  [tf.LogicalOr]: floatOnly,
  [tf.LogicalNot]: floatOnly,
  [tf.AddN]: floatOnly,
  [tf.Relu]: floatOnly,
  [tf.Relu6]: floatOnly,
  [tf.Step]: floatOnly,
  [tf.LeakyRelu]: floatOnly,
  [tf.Elu]: floatOnly,
  [tf.EluGrad]: floatOnly,
  [tf.Sigmoid]: floatOnly,
  [tf.Tanh]: floatOnly,
  [tf.Erf]: floatOnly,
  [tf.Exp]: floatOnly,
  [tf.Log]: floatOnly,
  [tf.Sqrt]: floatOnly,
  [tf.Rsqrt]: floatOnly,
  [tf.Square]: floatOnly,
  [tf.Neg]: floatOnly,
  [tf.Abs]: floatOnly,
  [tf.Reciprocal]: floatOnly,
  [tf.Select]: ["string or complex64", "dtype"], // "dtype": t and e of different types
  [tf.Equal]: floatOnly,
  [tf.NotEqual]: floatOnly,
  [tf.Less]: floatOnly,
  [tf.LessEqual]: floatOnly,
  [tf.Greater]: floatOnly,
  [tf.GreaterEqual]: floatOnly,
  [tf.Cast]: anyElement,
  [tf.Sum]: floatOnly,
  [tf.Mean]: floatOnly,
  [tf.Max]: floatOnly,
  [tf.ArgMax]: floatOnly,
  [tf.Softmax]: floatOnly,
  [tf.Transpose]: anyElement,
  [tf.Reverse]: anyElement,
  [tf.Tile]: anyElement,
  [tf.PadV2]: anyElement,
  [tf.Slice]: anyElement,
  [tf.SplitV]: anyElement,
  [tf.Concat]: anyElement,
  [tf.Reshape]: anyElement,
  [tf.OneHot]: floatOnly,
  [tf.ResizeBilinear]: floatOnly,
  [tf.ResizeBilinearGrad]: floatOnly,
};

/**
 * Kernels that tfjs-core's ops never call: those of @convkit/ops, and LogSoftmax, which tf.logSoftmax composes of
 * other kernels. That they are registered is all this suite can show.
 */
export const uncalledKernels: readonly string[] = [
  own.BatchNormReluMaxPool,
  own.BatchNormReluMaxPoolGrad,
  own.BatchNormTraining,
  own.BatchNormTrainingGrad,
  own.Gelu,
  own.GeluGrad,
  own.SgdUpdate,
  own.AdamWUpdate,
  own.RmsPropUpdate,
  own.LionUpdate,
  own.StatelessDropout,
  tf.LogSoftmax,
];
