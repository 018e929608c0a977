export { createTransformPipeline, type ApplyOptions, type TransformPipeline } from "./transform-pipeline.js";
export type { Transform, TransformFactory } from "./transform.js";
export { bytesPerImage, placesPerImage, type Finish, type UnfinishedImages } from "./finish.js";
export { CustomTransformError } from "./custom-transform.js";
export { ShapeError, valuesPerImage, type ImageBatchShape, type Pixels } from "./image-batch.js";
export { croppedPart, paddedPart, type ImagePart } from "./image-part.js";
export { resize, resizeBox, resizedShape, type ResizeSize } from "./resize.js";
export { toGrey } from "./color/to-grey.js";
export { applyMix, drawMix, type BatchMix, type DrawMixOptions } from "./batch/batch-mix.js";
export { rolled } from "./batch/pairing.js";
export { presetTransforms, type PresetTransforms } from "./transform-presets.js";
export { describeDrawn, undoNormalize, type DrawnParameters } from "./display.js";
export {
  CORRUPTIONS,
  corrupt,
  corruptionScale,
  type ByteImage,
  type CorruptionName,
  type CorruptOptions,
} from "./corruptions/corrupt.js";
export type { CorruptionScale, Severity } from "./corruptions/picture.js";
export { affineProjection, warp, type AffineOptions, type WarpOptions } from "./geometry/warp.js";
