/** Every kernel of this package. One file per kernel or family; a new one is complete once it stands in this list. */
import type { GpuKernel } from "../kernel.js";
import { batchNormReluMaxPool, batchNormTraining } from "./batch-norm-training.js";
import { batchNormReluMaxPoolGrad, batchNormTrainingGrad } from "./batch-norm-training-grad.js";
import { gelu, geluGrad } from "./gelu.js";
import { sgdUpdate } from "./optimizer-update.js";
import { statelessDropout } from "./stateless-dropout.js";

export const gpuKernels: readonly GpuKernel[] = [
  batchNormReluMaxPool,
  batchNormReluMaxPoolGrad,
  batchNormTraining,
  batchNormTrainingGrad,
  gelu,
  geluGrad,
  sgdUpdate,
  statelessDropout,
];
