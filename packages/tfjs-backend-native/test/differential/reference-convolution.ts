/**
 * The two gradients of a convolution as plain loops in float64: tfjs has none for dilated convolutions, and the
 * `cpu` backend's are too slow for shapes past one register tile.
 */
import type * as tf from "@tensorflow/tfjs-core";

export type ConvGeometry = Pick<
  tf.backend_util.Conv2DInfo,
  | "batchSize"
  | "inHeight"
  | "inWidth"
  | "inChannels"
  | "outHeight"
  | "outWidth"
  | "outChannels"
  | "filterHeight"
  | "filterWidth"
  | "strideHeight"
  | "strideWidth"
  | "dilationHeight"
  | "dilationWidth"
  | "padInfo"
>;

type Values = ArrayLike<number>;

/** Calls `visit` with the offsets of channel 0 for every output pixel and every filter tap inside the input. */
function eachTap(g: ConvGeometry, visit: (x: number, filter: number, y: number) => void): void {
  for (let b = 0; b < g.batchSize; b++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++) {
        const y = ((b * g.outHeight + oy) * g.outWidth + ox) * g.outChannels;
        for (let fy = 0; fy < g.filterHeight; fy++) {
          const iy = oy * g.strideHeight - g.padInfo.top + fy * g.dilationHeight;
          if (iy < 0 || iy >= g.inHeight) continue;
          for (let fx = 0; fx < g.filterWidth; fx++) {
            const ix = ox * g.strideWidth - g.padInfo.left + fx * g.dilationWidth;
            if (ix < 0 || ix >= g.inWidth) continue;
            const x = ((b * g.inHeight + iy) * g.inWidth + ix) * g.inChannels;
            visit(x, (fy * g.filterWidth + fx) * g.inChannels * g.outChannels, y);
          }
        }
      }
    }
  }
}

export function convInputGradient(g: ConvGeometry, dy: Values, filter: Values): Float32Array {
  const dx = new Float64Array(g.batchSize * g.inHeight * g.inWidth * g.inChannels);
  eachTap(g, (x, f, y) => {
    for (let c = 0; c < g.inChannels; c++) {
      let sum = 0;
      for (let k = 0; k < g.outChannels; k++) {
        sum += (dy[y + k] as number) * (filter[f + c * g.outChannels + k] as number);
      }
      dx[x + c] = (dx[x + c] as number) + sum;
    }
  });
  return Float32Array.from(dx);
}

export function convFilterGradient(g: ConvGeometry, x: Values, dy: Values): Float32Array {
  const dw = new Float64Array(g.filterHeight * g.filterWidth * g.inChannels * g.outChannels);
  eachTap(g, (xAt, f, y) => {
    for (let c = 0; c < g.inChannels; c++) {
      const value = x[xAt + c] as number;
      for (let k = 0; k < g.outChannels; k++) {
        const at = f + c * g.outChannels + k;
        dw[at] = (dw[at] as number) + value * (dy[y + k] as number);
      }
    }
  });
  return Float32Array.from(dw);
}
