/**
 * TensorFlow.js's own `webgpu` backend in Node, on Dawn, without any of convkit's kernels. It reports its errors to a listener
 * instead of throwing them and counts no dispatches; both are collected here.
 */
import { describeAdapter, prepareVulkan } from "@convkit/engine";
import * as tf from "@tensorflow/tfjs";
import { create, globals } from "webgpu";

const FEATURES = "enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia";

let dispatches = 0;

/** @throws {Error} if no adapter is found. */
export async function openStock() {
  prepareVulkan();
  const gpu = create([FEATURES]);
  Object.assign(globalThis, globals);
  // tfjs looks here when its backend is loaded; dropped, the object would take the device with it.
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  countDispatches();

  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new Error(
      "Expected a Vulkan driver of 1.1 or later. Received: no adapter. Set VK_DRIVER_FILES to the driver's ICD file.",
    );
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  await tf.setBackend("webgpu");
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  const errors: string[] = [];
  let lossReason: string | null = null;
  device.onuncapturederror = ({ error }) => void errors.push(error.message);
  void device.lost.then(({ reason, message }) => (lossReason = `device lost (${reason}): ${message}`));
  process.once("exit", () => device.destroy());
  return {
    adapter: describeAdapter(adapter),
    takeErrors: () => errors.splice(0),
    lossReason: () => lossReason,
    dispatchCount: () => dispatches,
  };
}

function countDispatches(): void {
  const { prototype } = (globals as { GPUComputePassEncoder: { prototype: GPUComputePassEncoder } })
    .GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  prototype.dispatchWorkgroups = function (x, y, z) {
    dispatches++;
    dispatchWorkgroups.call(this, x, y, z);
  };
}
