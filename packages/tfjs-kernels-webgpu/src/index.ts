export { registerWebgpuBackend } from "./register-webgpu-backend.js";
export { WebgpuBackend, type CommandCounts } from "./backend.js";
export {
  type F16Table,
  type GemmTable,
  isGemmTable,
  type TileTimes,
  useGemmTable,
} from "./gemm/gemm-table.js";
export { measureF16, measureGemm, type MeasureGemmOptions } from "./gemm/measure-gemm.js";
export type { DawnAdapterInfo } from "./gemm/matrix-units.js";
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
