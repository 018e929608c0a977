/** Two shapes that broadcast, laid out for the addon. */
import { broadcast_util } from "@tensorflow/tfjs-core";
import type { FallbackReason } from "./kernel-counters.js";
import type { BroadcastParams } from "./native-addon.js";

/** What the addon's loops can hold. */
export const MOST_AXES = 8;

export type BroadcastPlan = { outShape: number[]; params: BroadcastParams };

const params = new Int32Array(2 + 2 * MOST_AXES) satisfies BroadcastParams;

/** @throws tfjs's own error if the shapes do not broadcast. `params` is valid until the next call. */
export function planBroadcast(op: number, a: number[], b: number[]): BroadcastPlan | FallbackReason {
  const outShape = broadcast_util.assertAndGetBroadcastShape(a, b);
  const rank = outShape.length;
  if (rank > MOST_AXES) return "too many axes";
  params[0] = op;
  params[1] = rank;
  for (let axis = 0; axis < rank; axis++) {
    params[2 + axis] = a[axis - rank + a.length] ?? 1;
    params[2 + rank + axis] = b[axis - rank + b.length] ?? 1;
  }
  return { outShape, params };
}
