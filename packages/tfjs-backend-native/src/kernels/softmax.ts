/** Softmax and LogSoftmax over the last axis. */
import {
  LogSoftmax,
  type LogSoftmaxAttrs,
  Softmax,
  type SoftmaxAttrs,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { defineKernel, type KernelResult } from "../kernel.js";

type Input = { logits: TensorInfo };
type Options = { axis: number; logarithmic: 0 | 1 };

function runSoftmax(backend: NativeBackend, { logits }: Input, { axis, logarithmic }: Options): KernelResult {
  if (logits.dtype !== "float32") return "dtype";
  const { shape } = logits;
  if (axis !== -1 && axis !== shape.length - 1) {
    throw new Error(
      "Softmax along a non-last dimension is not yet supported. " +
        `Logits was rank ${shape.length} and dim was ${axis}`,
    );
  }
  const values = backend.float32(logits);
  const y = backend.output(shape, "float32");
  if (values.length > 0) backend.addon.softmax(values, y.values, shape.at(-1) ?? 1, logarithmic);
  return y.info;
}

export const softmax = defineKernel<Input, SoftmaxAttrs>(Softmax, ({ inputs, attrs, backend }) =>
  runSoftmax(backend, inputs, { axis: attrs.dim, logarithmic: 0 }),
);

/** No op of tfjs 4.22 calls it: `tf.logSoftmax` is composed. For direct calls of the kernel. */
export const logSoftmax = defineKernel<Input, LogSoftmaxAttrs>(LogSoftmax, ({ inputs, attrs, backend }) =>
  runSoftmax(backend, inputs, { axis: attrs.axis, logarithmic: 1 }),
);
