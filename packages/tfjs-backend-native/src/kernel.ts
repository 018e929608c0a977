/**
 * The form of a native kernel, and how it takes the place of the copied one. A kernel either returns its outputs,
 * or names the reason why the copied kernel has to serve this call, or throws; what it had allocated by then goes
 * back to the pool.
 */
import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./backend.js";
import { UnservedKernelError } from "./errors.js";
import { countOf, type FallbackReason } from "./kernel-counters.js";

export const BACKEND_NAME = "native";

export type KernelResult = TensorInfo | TensorInfo[] | FallbackReason;

export type KernelCall<Inputs, Attrs> = { inputs: Inputs; attrs: Attrs; backend: NativeBackend };

export type NativeKernel = {
  kernelName: string;
  kernelFunc: (call: KernelCall<never, never>) => KernelResult;
};

/** Names a kernel's inputs and attributes once, at its definition; tfjs's registry knows only loose maps. */
export function defineKernel<Inputs, Attrs>(
  kernelName: string,
  kernelFunc: (call: KernelCall<Inputs, Attrs>) => KernelResult,
): NativeKernel {
  return { kernelName, kernelFunc };
}

/** The configuration to register for a native kernel; `copied` serves the calls that it declines. */
export function nativeConfig(kernel: NativeKernel, copied: KernelConfig | undefined): KernelConfig {
  const { kernelName } = kernel;
  const count = countOf(kernelName);
  const kernelFunc: KernelFunc = (call) => {
    const native = call as unknown as KernelCall<never, never>;
    const result = native.backend.keepOutputs(() => kernel.kernelFunc(native));
    if (typeof result !== "string") {
      count.native++;
      return result;
    }
    if (copied === undefined) throw new UnservedKernelError(kernelName, result);
    const reason = isExplained(result, call) ? result : "unexplained";
    count.copied[reason] = (count.copied[reason] ?? 0) + 1;
    return copied.kernelFunc(call);
  };
  return { ...copied, kernelName, backendName: BACKEND_NAME, kernelFunc };
}

/** Whether a reason that speaks of dtypes is true: tests count on it. */
function isExplained(reason: FallbackReason, { inputs, attrs }: Parameters<KernelFunc>[0]): boolean {
  const dtypes: unknown[] = Object.values(inputs).map((input) => input?.dtype);
  switch (reason) {
    case "dtype":
      return dtypes.some((dtype) => dtype !== undefined && dtype !== "float32");
    case "string or complex64":
      return [...dtypes, attrs?.["dtype"]].some((dtype) => dtype === "string" || dtype === "complex64");
    default:
      return true;
  }
}

/** The configuration to register for a kernel that has no native code. */
export function copiedConfig(copied: KernelConfig): KernelConfig {
  const count = countOf(copied.kernelName);
  const kernelFunc: KernelFunc = (call) => {
    count.copied["not native"] = (count.copied["not native"] ?? 0) + 1;
    return copied.kernelFunc(call);
  };
  return { ...copied, backendName: BACKEND_NAME, kernelFunc };
}
