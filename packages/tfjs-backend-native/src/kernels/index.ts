/** Every native kernel. One file per kernel; a new one is complete once it stands in this list. */
import type { NativeKernel } from "../kernel.js";
import { batchMatMul } from "./batch-mat-mul.js";
import { batchNormTraining } from "./batch-norm-training.js";
import { batchNormTrainingGrad } from "./batch-norm-training-grad.js";
import { conv2d } from "./conv2d.js";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./conv2d-backprop-input.js";
import { fusedBatchNorm } from "./fused-batch-norm.js";
import { fusedConv2d } from "./fused-conv2d.js";
import { fusedMatMul } from "./fused-mat-mul.js";
import { reshape } from "./reshape.js";

export const nativeKernels: readonly NativeKernel[] = [
  batchMatMul,
  batchNormTraining,
  batchNormTrainingGrad,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  fusedBatchNorm,
  fusedConv2d,
  fusedMatMul,
  reshape,
];
