/** Puts the backend and its kernels into tfjs's registries. */
import "@tensorflow/tfjs-backend-cpu";
import {
  findBackendFactory,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
} from "@tensorflow/tfjs-core";
import { NativeBackend } from "./backend.js";
import { loadAddon } from "./binding.js";
import { BACKEND_NAME, copiedConfig, nativeConfig } from "./kernel.js";
import { nativeKernels } from "./kernels/index.js";

/** As tfjs-node's: above `cpu` and `wasm`, since importing this backend is asking for it. */
const PRIORITY = 3;

/**
 * Registers the backend `native`: all kernels of the `cpu` backend, the hot ones replaced. Does nothing when it
 * is registered already.
 *
 * @throws {NativeBinaryMissingError | NativeBinaryLoadError} if there is no addon to run on.
 */
export function registerNativeBackend(): void {
  if (findBackendFactory(BACKEND_NAME) !== null) return;
  const addon = loadAddon();
  const copied = new Map(getKernelsForBackend("cpu").map((config) => [config.kernelName, config]));
  for (const kernel of nativeKernels) registerKernel(nativeConfig(kernel, copied.get(kernel.kernelName)));
  const native = new Set(nativeKernels.map((kernel) => kernel.kernelName));
  for (const config of copied.values()) {
    if (!native.has(config.kernelName)) registerKernel(copiedConfig(config));
  }
  registerBackend(BACKEND_NAME, () => new NativeBackend(addon), PRIORITY);
}
