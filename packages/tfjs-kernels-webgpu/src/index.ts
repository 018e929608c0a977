export { registerWebgpuBackend } from "./register-webgpu-backend.js";
export { WebgpuBackend, type CommandCounts } from "./backend.js";
export type { Precision } from "./gemm/gemm-program.js";
export {
  F16UnavailableError,
  GpuDeviceLostError,
  GpuInternalError,
  GpuOutOfMemoryError,
  GpuValidationError,
  SynchronousReadError,
} from "./gpu-errors.js";
