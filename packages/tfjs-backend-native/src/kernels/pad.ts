/** PadV2: a constant around a tensor. */
import { PadV2, type PadV2Attrs, type TensorInfo } from "@tensorflow/tfjs-core";
import { MOST_AXES } from "../broadcast-plan.js";
import { arrayOf, elementsOf, hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import type { PadParams } from "../native-addon.js";

const params = new Int32Array(1 + 3 * MOST_AXES) satisfies PadParams;

export const pad = defineKernel<{ x: TensorInfo }, PadV2Attrs>(
  PadV2,
  ({ inputs: { x }, attrs: { paddings, constantValue }, backend }) => {
    if (!hasElements(x)) return "string or complex64";
    const before = paddings.map(([size]) => size);
    const after = paddings.map(([, size]) => size);
    if (x.shape.length > MOST_AXES) return "too many axes";
    if ([...before, ...after].some((size) => size < 0)) return "negative padding";
    const outShape = x.shape.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0));
    const values = elementsOf(backend, x, x.dtype);
    const y = backend.output(outShape, x.dtype);
    if (values.length === 0) {
      y.values.fill(constantValue);
      return y.info;
    }
    params.set([x.shape.length, ...x.shape, ...before, ...after]);
    backend.addon.pad(values, y.values, arrayOf(x.dtype, [constantValue]), params);
    return y.info;
  },
);
