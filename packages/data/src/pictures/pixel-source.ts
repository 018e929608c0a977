/** Where pictures lie. Plain data that a worker thread can be handed; shared memory is not copied. */
import type { ResizeFit } from "@convkit/schema";
import type { DiskCachePlan } from "./disk-cache.js";
import type { PictureLocation } from "./picture-location.js";

export type PixelSource = MemorySource | FileSource;

/** Every picture decoded and of one size: MNIST, CIFAR, arrays of one's own. */
export interface MemorySource {
  readonly kind: "memory";
  /** uint8 [count, height, width, channels]. */
  readonly pixels: SharedArrayBuffer;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Encoded pictures, in files of their own or in parts of larger ones, decoded when asked for. */
export interface FileSource {
  readonly kind: "files";
  readonly locations: readonly PictureLocation[];
  /** 1: made grey, 3: made colour. */
  readonly channels: 1 | 3;
  /** [height, width] every picture has or is resized to; null while sizes differ and none was chosen. */
  readonly size: readonly [number, number] | null;
  /** What becomes of pictures of another shape than `size`; absent: they are stretched. */
  readonly fit?: ResizeFit | undefined;
  /** How many of them are asked for; absent: all. */
  readonly uses?: number | undefined;
  /** Filled as pictures are decoded, by whichever thread comes first. */
  readonly cache: DecodedCache | null;
  /** Where they are kept beyond the process; absent: nowhere. */
  readonly disk?: DiskCachePlan | undefined;
}

export interface DecodedCache {
  /** uint8 [locations.length, height, width, channels]. */
  readonly pixels: SharedArrayBuffer;
  /** One byte per picture: 1 once its pixels are whole. */
  readonly filled: SharedArrayBuffer;
}

/** Pictures of different sizes cannot stand in one batch. */
export class ImageSizeRequiredError extends Error {
  override readonly name = "ImageSizeRequiredError";

  constructor() {
    super(
      "Expected one size for all pictures. Received: a folder of pictures of different sizes and no size to bring " +
        "them to. Give an `imageSize` of [height, width], for example [64, 64].",
    );
  }
}

/** [height, width, channels] of every picture, or null where sizes differ. */
export function imageShapeOf(source: PixelSource): [number, number, number] | null {
  if (source.kind === "memory") return [source.height, source.width, source.channels];
  return source.size && [...source.size, source.channels];
}
