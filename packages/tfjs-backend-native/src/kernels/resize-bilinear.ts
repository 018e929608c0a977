/**
 * ResizeBilinear and its gradient. The gradient's shape is that of the images (the copied kernel exchanges height
 * and width), and with half-pixel centres it is the gradient of that placement (the copied kernel ignores it).
 */
import {
  ResizeBilinear,
  type ResizeBilinearAttrs,
  ResizeBilinearGrad,
  type ResizeBilinearGradAttrs,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import type { ResizeParams } from "../native-addon.js";

type Placement = { alignCorners: boolean; halfPixelCenters?: boolean };
type ImageShape = [batch: number, height: number, width: number, channels: number];

const params = new Int32Array(8) satisfies ResizeParams;

/** Valid until the next call. */
function resizeParams(
  [batch, height, width, channels]: ImageShape,
  size: [height: number, width: number],
  { alignCorners, halfPixelCenters = false }: Placement,
): ResizeParams {
  params.set([batch, height, width, channels, ...size, Number(alignCorners), Number(halfPixelCenters)]);
  return params;
}

export const resizeBilinear = defineKernel<{ images: TensorInfo }, ResizeBilinearAttrs>(
  ResizeBilinear,
  ({ inputs: { images }, attrs, backend }) => {
    if (images.dtype !== "float32") return "dtype";
    const [batch, , , channels] = images.shape as ImageShape;
    const values = backend.float32(images);
    const y = backend.output([batch, ...attrs.size, channels], "float32");
    // From an image without pixels: NaN, as from reading outside an array.
    if (values.length === 0) y.values.fill(NaN);
    else if (y.values.length > 0) {
      backend.addon.resizeBilinear(
        values,
        y.values,
        resizeParams(images.shape as ImageShape, attrs.size, attrs),
      );
    }
    return y.info;
  },
);

export const resizeBilinearGrad = defineKernel<
  { dy: TensorInfo; images: TensorInfo },
  ResizeBilinearGradAttrs & Partial<Placement>
>(ResizeBilinearGrad, ({ inputs: { dy, images }, attrs, backend }) => {
  if (dy.dtype !== "float32" || images.dtype !== "float32") return "dtype";
  const shape = images.shape as ImageShape;
  const [batch, height, width, channels] = dy.shape as ImageShape;
  util.assert(
    batch === shape[0] && channels === shape[3],
    () => `Error in resizeBilinearGrad: dy [${dy.shape}] does not belong to images [${shape}].`,
  );
  const values = backend.float32(dy);
  const dx = backend.output(shape, "float32");
  if (values.length === 0) dx.values.fill(0);
  else if (dx.values.length > 0) {
    backend.addon.resizeBilinearGrad(values, dx.values, resizeParams(shape, [height, width], attrs));
  }
  return dx.info;
});
