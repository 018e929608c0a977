/** Every native kernel. One file per kernel or family; a new one is complete once it stands in this list. */
import type { NativeKernel } from "../kernel.js";
import { addN } from "./add-n.js";
import { argMax } from "./arg-max.js";
import { batchMatMul } from "./batch-mat-mul.js";
import { batchNormReluMaxPool } from "./batch-norm-relu-max-pool.js";
import { batchNormReluMaxPoolGrad } from "./batch-norm-relu-max-pool-grad.js";
import { batchNormTraining } from "./batch-norm-training.js";
import { batchNormTrainingGrad } from "./batch-norm-training-grad.js";
import { binaryKernels } from "./binary.js";
import { cast } from "./cast.js";
import { comparisonKernels } from "./comparison.js";
import { concat } from "./concat.js";
import { conv2d } from "./conv2d.js";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./conv2d-backprop-input.js";
import { depthwiseConv2d, fusedDepthwiseConv2d } from "./depthwise-conv2d.js";
import { depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from "./depthwise-conv2d-grad.js";
import { fusedBatchNorm } from "./fused-batch-norm.js";
import { fusedConv2d } from "./fused-conv2d.js";
import { fusedMatMul } from "./fused-mat-mul.js";
import { logicalAnd, logicalNot, logicalOr } from "./logical.js";
import { oneHot } from "./one-hot.js";
import { adamWUpdate, lionUpdate, rmsPropUpdate, sgdUpdate } from "./optimizer-update.js";
import { pad } from "./pad.js";
import { avgPool, maxPool } from "./pooling.js";
import { avgPoolGrad, maxPoolGrad } from "./pooling-grad.js";
import { max, mean, sum } from "./reduction.js";
import { reshape } from "./reshape.js";
import { resizeBilinear, resizeBilinearGrad } from "./resize-bilinear.js";
import { reverse } from "./reverse.js";
import { select } from "./select.js";
import { slice } from "./slice.js";
import { logSoftmax, softmax } from "./softmax.js";
import { splitV } from "./split-v.js";
import { statelessDropout } from "./stateless-dropout.js";
import { tile } from "./tile.js";
import { transpose } from "./transpose.js";
import { unaryKernels } from "./unary.js";

export const nativeKernels: readonly NativeKernel[] = [
  adamWUpdate,
  addN,
  argMax,
  avgPool,
  avgPoolGrad,
  batchMatMul,
  batchNormReluMaxPool,
  batchNormReluMaxPoolGrad,
  batchNormTraining,
  batchNormTrainingGrad,
  cast,
  concat,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  fusedBatchNorm,
  fusedConv2d,
  fusedDepthwiseConv2d,
  fusedMatMul,
  lionUpdate,
  logicalAnd,
  logicalNot,
  logicalOr,
  logSoftmax,
  max,
  maxPool,
  maxPoolGrad,
  mean,
  oneHot,
  pad,
  reshape,
  resizeBilinear,
  resizeBilinearGrad,
  reverse,
  rmsPropUpdate,
  select,
  sgdUpdate,
  slice,
  softmax,
  splitV,
  statelessDropout,
  sum,
  tile,
  transpose,
  ...binaryKernels,
  ...comparisonKernels,
  ...unaryKernels,
];
