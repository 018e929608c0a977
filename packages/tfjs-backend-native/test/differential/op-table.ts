/** Every op that is compared with the reference. A new kernel's cases join here. */
import { batchNormCases } from "./batch-norm-cases.js";
import { convolutionCases } from "./convolution-cases.js";
import { depthwiseCases } from "./depthwise-cases.js";
import { elementwiseCases } from "./elementwise-cases.js";
import { layoutCases } from "./layout-cases.js";
import { matMulCases } from "./mat-mul-cases.js";
import type { OpGenerator } from "./op-case.js";
import { poolingCases } from "./pooling-cases.js";
import { reductionCases } from "./reduction-cases.js";
import { updateCases } from "./update-cases.js";

export const opTable: readonly OpGenerator[] = [
  ...convolutionCases,
  ...depthwiseCases,
  ...matMulCases,
  ...batchNormCases,
  ...elementwiseCases,
  ...reductionCases,
  ...poolingCases,
  ...layoutCases,
  ...updateCases,
];
