export { createTransformPipeline, type TransformPipeline } from "./transform-pipeline.js";
export type { Transform, TransformFactory } from "./transform.js";
export { CustomTransformError } from "./custom-transform.js";
export { ShapeError, valuesPerImage, type ImageBatchShape, type Pixels } from "./image-batch.js";
export { resize, resizedShape, type ResizeSize } from "./resize.js";
