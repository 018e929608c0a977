/**
 * TensorFlow.js's `webgpu` backend in Node, on Dawn. It reports its errors to a listener instead of throwing them and
 * counts its dispatches; both are collected here.
 */
import * as tf from "@tensorflow/tfjs";
import { create, globals } from "webgpu";
import { describeAdapter } from "./describe-adapter.js";
import type { AdapterReport } from "./probe-report.js";

export interface OpenedWebgpu {
  readonly adapter: AdapterReport;
  /** Errors that the device told since the last call. */
  readonly takeErrors: () => string[];
  /** Why the device was lost; null while it is there. */
  readonly lossReason: () => string | null;
  /** Compute dispatches so far. */
  readonly dispatchCount: () => number;
  /** Before the process ends: it crashes with a device at work. */
  readonly close: () => Promise<void>;
}

/** The part of tfjs's backend that is used here. */
interface WebgpuBackend {
  readonly device: GPUDevice;
}

let dispatches = 0;

/**
 * @param toggles of Dawn, turned on.
 * @throws {Error} if no adapter is found.
 */
export async function openWebgpu(toggles: readonly string[]): Promise<OpenedWebgpu> {
  const gpu = create(toggles.length > 0 ? [`enable-dawn-features=${toggles.join(",")}`] : []);
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
  const { device } = tf.backend() as unknown as WebgpuBackend;
  const errors: string[] = [];
  let lossReason: string | null = null;
  device.onuncapturederror = ({ error }) => void errors.push(error.message);
  void device.lost.then(({ reason, message }) => (lossReason = `device lost (${reason}): ${message}`));
  return {
    adapter: describeAdapter(adapter),
    takeErrors: () => errors.splice(0),
    lossReason: () => lossReason,
    dispatchCount: () => dispatches,
    async close() {
      device.destroy();
      await device.lost;
    },
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
