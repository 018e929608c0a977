/** Every op that is compared with the reference. A new kernel's cases join here. */
import { batchNormCases } from "./batch-norm-cases.js";
import { convolutionCases } from "./convolution-cases.js";
import { matMulCases } from "./mat-mul-cases.js";
import type { OpGenerator } from "./op-case.js";

export const opTable: readonly OpGenerator[] = [...convolutionCases, ...matMulCases, ...batchNormCases];
