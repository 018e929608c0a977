/** Puts the backend and its kernels into tfjs's registries. */
import { findBackendFactory, registerBackend, removeBackend } from "@tensorflow/tfjs-core";
import { WebgpuBackend } from "./backend.js";
import { BACKEND_NAME, registerOver } from "./kernel.js";
import { gpuKernels } from "./kernels/index.js";

let hasKernels = false;

/**
 * Registers the backend `webgpu` on a device in place of tfjs's own, which asks for a device by itself, and this package's
 * kernels over tfjs's. `tf.setBackend("webgpu")` opens it; `tf.removeBackend("webgpu")` destroys the device.
 *
 * @param device with the highest limits of its adapter; it is the backend's from now on. `navigator.gpu` has to be there: tfjs asks for it.
 */
export function registerWebgpuBackend(device: GPUDevice, adapterInfo: GPUAdapterInfo): void {
  if (findBackendFactory(BACKEND_NAME) !== null) removeBackend(BACKEND_NAME);
  if (!hasKernels) for (const kernel of gpuKernels) registerOver(kernel);
  hasKernels = true;
  registerBackend(BACKEND_NAME, () => new WebgpuBackend(device, adapterInfo));
}
