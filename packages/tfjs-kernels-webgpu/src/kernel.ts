/** The form of a kernel of this package, and how it takes the place of tfjs's own. */
import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "./backend.js";
import { asDeclared } from "./stored-type.js";

export const BACKEND_NAME = "webgpu";

export type KernelCall<Inputs, Attrs> = { inputs: Inputs; attrs: Attrs; backend: WebgpuBackend };

export interface GpuKernel {
  readonly kernelName: string;
  /** `undefined`: tfjs's kernel has to serve this call. */
  readonly kernelFunc: (call: KernelCall<never, never>) => TensorInfo | TensorInfo[] | undefined;
}

/** Names a kernel's inputs and attributes once, at its definition; tfjs's registry knows only loose maps. */
export function defineKernel<Inputs, Attrs>(
  kernelName: string,
  kernelFunc: (call: KernelCall<Inputs, Attrs>) => TensorInfo | TensorInfo[] | undefined,
): GpuKernel {
  return { kernelName, kernelFunc };
}

/** Puts a kernel before tfjs's of the same name, if there is one. */
export function registerOver({ kernelName, kernelFunc }: GpuKernel): void {
  const stock: KernelConfig | undefined = getKernel(kernelName, BACKEND_NAME);
  if (stock !== undefined) unregisterKernel(kernelName, BACKEND_NAME);
  const serve: KernelFunc = (call) => {
    const own = call as unknown as KernelCall<never, never>;
    const { inputs, temporary } = declaredInputs(own.backend, call.inputs);
    let result: ReturnType<typeof kernelFunc>;
    try {
      result = kernelFunc({ ...own, inputs: inputs as never });
    } finally {
      for (const { dataId } of temporary) own.backend.disposeData(dataId);
    }
    if (result !== undefined) return result;
    if (stock !== undefined) return stock.kernelFunc(call);
    throw new Error(
      `Expected ${kernelName} to serve every call, since tfjs has no such kernel. Received: one that it declines.`,
    );
  };
  registerKernel({ ...stock, kernelName, backendName: BACKEND_NAME, kernelFunc: serve });
}

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** Of a kernel that takes tensors by name or, as AddN does, a list of them. */
function declaredInputs(backend: WebgpuBackend, inputs: Inputs): { inputs: Inputs; temporary: TensorInfo[] } {
  const temporary: TensorInfo[] = [];
  // As a rule all are, and nothing is copied.
  let declared = inputs;
  for (const name in inputs) {
    const tensor = inputs[name];
    const own = tensor && asDeclared(backend, tensor);
    if (own === undefined || own === tensor) continue;
    temporary.push(own);
    declared = Object.assign(Array.isArray(inputs) ? [] : {}, declared, { [name]: own });
  }
  return { inputs: declared, temporary };
}
