export { registerWebgpuBackend } from "./register-webgpu-backend.js";
export { WebgpuBackend, type CommandCounts } from "./backend.js";
export { type GemmTable, isGemmTable, type TileTimes, useGemmTable } from "./gemm/gemm-table.js";
export { measureGemm, type MeasureGemmOptions } from "./gemm/measure-gemm.js";
export type { GemmTile } from "./gemm/tile.js";
export type { Precision } from "./gemm/gemm-program.js";
export {
  F16UnavailableError,
  GpuDeviceLostError,
  GpuInternalError,
  GpuOutOfMemoryError,
  GpuValidationError,
  SynchronousReadError,
} from "./gpu-errors.js";
