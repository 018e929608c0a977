/** Tile: a tensor, each axis so many times over. The gradient of batch norm's inference formula is made of it. */
import { type TensorInfo, Tile, type TileAttrs, util } from "@tensorflow/tfjs-core";
import { MOST_AXES } from "../broadcast-plan.js";
import { hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import { copyStrided, stridesOf } from "../strided-copy.js";

export const tile = defineKernel<{ x: TensorInfo }, TileAttrs>(
  Tile,
  ({ inputs: { x }, attrs: { reps }, backend }) => {
    if (!hasElements(x)) return "string or complex64";
    util.assert(
      Array.isArray(reps) &&
        reps.length === x.shape.length &&
        reps.every((times) => Number.isSafeInteger(times) && times >= 0),
      () => `Expected ${x.shape.length} whole numbers of repetitions from 0 up. Received: [${reps}].`,
    );
    const outShape = x.shape.map((size, axis) => size * reps[axis]!);
    const [sourceStrides, targetStrides] = [stridesOf(x.shape), stridesOf(outShape)];
    // A repetition goes on in the target and stays where it is in the source.
    const axes = x.shape
      .flatMap((size, axis) => [
        { size: reps[axis]!, source: 0, target: size * targetStrides[axis]! },
        { size, source: sourceStrides[axis]!, target: targetStrides[axis]! },
      ])
      .filter(({ size }) => size !== 1);
    if (axes.length > MOST_AXES) return "too many axes";
    const y = backend.output(outShape, x.dtype);
    if (y.values.length > 0) {
      copyStrided(
        backend,
        { source: x, target: y },
        {
          size: axes.map(({ size }) => size),
          sourceStrides: axes.map(({ source }) => source),
          targetStrides: axes.map(({ target }) => target),
        },
      );
    }
    return y.info;
  },
);
