/**
 * Average pooling to a size, whatever the picture's: PyTorch's AdaptiveAvgPool2d, made of stock layers. Along each axis,
 * place i of `size` is the mean of the pixels from ⌊i · n / size⌋ to ⌈(i + 1) · n / size⌉; where there are too few,
 * neighbours share them.
 */
import * as tf from "@tensorflow/tfjs";
import { connect } from "./named-layers.js";

/** [N, H, W, C] → [N, size, size, C] */
export function adaptiveAveragePool(name: string, x: tf.SymbolicTensor, size: number): tf.SymbolicTensor {
  const [height, width] = x.shape.slice(1, 3) as [number, number];
  if (height % size === 0 && width % size === 0) return poolBy(name, x, [height / size, width / size]);
  const rows = poolAxis(`${name}-rows`, x, { axis: 1, size });
  return poolAxis(`${name}-columns`, rows, { axis: 2, size });
}

type AxisOptions = { axis: 1 | 2; size: number };

function poolAxis(name: string, x: tf.SymbolicTensor, { axis, size }: AxisOptions): tf.SymbolicTensor {
  const length = x.shape[axis] as number;
  if (length % size === 0) return poolBy(name, x, along(axis, length / size, 1));
  const places = Array.from({ length: size }, (_, i) => {
    const [start, end] = [Math.floor((i * length) / size), Math.ceil(((i + 1) * length) / size)];
    const part = crop(`${name}-${i + 1}-part`, x, along(axis, [start, length - end], [0, 0]));
    return poolBy(`${name}-${i + 1}`, part, along(axis, end - start, 1));
  });
  return connect(tf.layers.concatenate({ name, axis }), places);
}

/** [rows', columns'] where `axis` gets one and the other axis the other. */
function along<T>(axis: 1 | 2, value: T, other: T): [T, T] {
  return axis === 1 ? [value, other] : [other, value];
}

function poolBy(name: string, x: tf.SymbolicTensor, poolSize: [number, number]): tf.SymbolicTensor {
  if (poolSize.every((size) => size === 1)) return x;
  return connect(tf.layers.averagePooling2d({ name, poolSize, strides: poolSize }), x);
}

function crop(
  name: string,
  x: tf.SymbolicTensor,
  cropping: [[number, number], [number, number]],
): tf.SymbolicTensor {
  if (cropping.flat().every((pixels) => pixels === 0)) return x;
  return connect(tf.layers.cropping2D({ name, cropping, dataFormat: "channelsLast" }), x);
}
