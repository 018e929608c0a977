/** Sizes and options on their way into an Int32Array of the addon's. */
import { util } from "@tensorflow/tfjs-core";

/**
 * Fills `params` with the numbers of `named`, in their order.
 *
 * @throws if int32 cannot hold one of them: half a stride, say; the message names it.
 */
export function setIntParams(params: Int32Array, named: Record<string, number>, operation: string): void {
  params.set(Object.values(named));
  const wrong = Object.entries(named).filter(([, value], i) => value !== params[i]);
  util.assert(
    wrong.length === 0,
    () =>
      `Error in ${operation}: sizes, strides, dilations and padding must be int32 numbers, ` +
      `but got ${wrong.map(([name, value]) => `${name} ${value}`).join(", ")}.`,
  );
}
