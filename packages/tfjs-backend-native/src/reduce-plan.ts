/** A reduction over some axes as a sequence of reductions over one, each of [outer, reduced, inner]. */
import { backend_util, util } from "@tensorflow/tfjs-core";

export type ReduceStep = { outer: number; reduced: number; inner: number };

export type ReducePlan = {
  /** At least one step, from the last axes to the first; each takes what the one before it gave. */
  steps: ReduceStep[];
  outShape: number[];
};

type ReduceOptions = { axis: number | number[] | null | undefined; keepDims: boolean };

/** @throws tfjs's own error if an axis is not one of `shape`. */
export function planReduce(shape: number[], { axis, keepDims }: ReduceOptions): ReducePlan {
  const axes = util.parseAxisParam(axis as number | number[], shape);
  const [keptShape] = backend_util.computeOutAndReduceShapes(shape, axes);
  const steps: ReduceStep[] = [];
  let inner = 1;
  let outer = util.sizeFromShape(shape);
  let reduced = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    outer /= size;
    if (axes.includes(i)) {
      reduced *= size;
    } else {
      // A kept axis of one element parts nothing.
      if (reduced > 1 && size > 1) {
        steps.push({ outer: outer * size, reduced, inner });
        reduced = 1;
      }
      inner *= size;
    }
  }
  if (reduced > 1 || steps.length === 0) steps.push({ outer: 1, reduced, inner });
  const outShape = keepDims ? backend_util.expandShapeToKeepDim(keptShape, axes) : keptShape;
  return { steps, outShape };
}
