/** The backend `native` for TensorFlow.js: C++ kernels on the CPU's own vector units. */
export {
  availableIsas,
  getThreadCount,
  isaName,
  measureFmaPeak,
  selectIsa,
  setThreadCount,
} from "./binding.js";
export {
  InvalidThreadCountError,
  NativeBinaryLoadError,
  NativeBinaryMissingError,
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
