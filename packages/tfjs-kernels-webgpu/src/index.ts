export { registerWebgpuBackend } from "./register-webgpu-backend.js";
export { WebgpuBackend, type CommandCounts } from "./backend.js";
export {
  GpuDeviceLostError,
  GpuOutOfMemoryError,
  GpuValidationError,
  SynchronousReadError,
} from "./gpu-errors.js";
