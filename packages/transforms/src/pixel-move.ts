/** A transform that only moves pixels: random parameters first, the map they mean second. */
import type { Rng } from "@convkit/random";
import type { ImageBatchShape } from "./image-batch.js";
import type { PixelMap } from "./pixel-map.js";
import type { SampleContext } from "./transform.js";

export interface PixelMove<Parameters = unknown> {
  /** @throws {ShapeError} if such images cannot be moved so. */
  outputShape(shape: ImageBatchShape): ImageBatchShape;
  /** One image's parameters; a move without this method is the same for every image. */
  sample?(rng: Rng, shape: ImageBatchShape, context: SampleContext): Parameters;
  /** From an image of `shape` to one of `outputShape(shape)`. */
  map(shape: ImageBatchShape, parameters?: Parameters): PixelMap;
}
