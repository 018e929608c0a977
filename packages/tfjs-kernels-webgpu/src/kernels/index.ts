/** Every kernel of this package. One file per kernel or family; a new one is complete once it stands in this list. */
import type { GpuKernel } from "../kernel.js";
import { batchNormReluMaxPoolGrad, batchNormTrainingGrad } from "./batch-norm-training-grad.js";
import { batchNormReluMaxPool, batchNormTraining } from "./batch-norm-training.js";
import { conv2DBackpropFilter } from "./conv2d-backprop-filter.js";
import { conv2DBackpropInput } from "./conv2d-backprop-input.js";
import { conv2D, fusedConv2D } from "./conv2d.js";
import { finishImages } from "./finish-images.js";
import { gelu, geluGrad } from "./gelu.js";
import { batchMatMul, fusedMatMul } from "./mat-mul.js";
import {
  adamWUpdate,
  lionUpdate,
  moveTowards,
  rmsPropUpdate,
  sgdUpdate,
  updateVariables,
} from "./optimizer-update.js";
import { mean, sum } from "./reduction.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { statelessDropout } from "./stateless-dropout.js";

export const gpuKernels: readonly GpuKernel[] = [
  adamWUpdate,
  batchMatMul,
  batchNormReluMaxPool,
  batchNormReluMaxPoolGrad,
  batchNormTraining,
  batchNormTrainingGrad,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  finishImages,
  fusedConv2D,
  fusedMatMul,
  gelu,
  geluGrad,
  lionUpdate,
  mean,
  moveTowards,
  rmsPropUpdate,
  sgdUpdate,
  softmaxCrossEntropy,
  statelessDropout,
  sum,
  updateVariables,
];
