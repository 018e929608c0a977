/** The backend `native` for TensorFlow.js: C++ kernels on the CPU's own vector units. */
export {
  availableIsas,
  bf16Unit,
  bf16Units,
  getThreadCount,
  isaName,
  measureFmaPeak,
  type Precision,
  selectIsa,
  setPrecision,
  setThreadCount,
} from "./binding.js";
export {
  InvalidThreadCountError,
  NativeBinaryLoadError,
  NativeBinaryMissingError,
  Bf16UnavailableError,
  TensorMemoryError,
  UnknownIsaError,
  UnservedKernelError,
} from "./errors.js";
export {
  type FallbackReason,
  type KernelCount,
  kernelCounters,
  resetKernelCounters,
} from "./kernel-counters.js";
export { registerNativeBackend } from "./register-native-backend.js";
