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
  /** Of the pictures as they lie in `pixels`. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How many of them are asked for; absent: all. */
  readonly uses?: number | undefined;
  /** What they are brought to when they are read; absent: they are read as they lie there. */
  readonly resizing?: MemoryResizing | undefined;
}

export interface MemoryResizing {
  /** [height, width], another than that of the pictures. */
  readonly size: readonly [number, number];
  /** What becomes of pictures of another shape than `size`; absent: they are stretched. */
  readonly fit?: ResizeFit | undefined;
  /** Filled as pictures are resized, by whichever thread comes first. */
  readonly cache: DecodedCache | null;
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

/** Pictures as they are read, once each was made. */
export interface DecodedCache {
  /** uint8 [count of the source, height, width, channels]. */
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

/** How many pictures lie there. */
export function countOf(source: PixelSource): number {
  if (source.kind === "files") return source.locations.length;
  return source.pixels.byteLength / (source.height * source.width * source.channels);
}

/** [height, width, channels] of every picture as it is read, or null where sizes differ. */
export function imageShapeOf(source: PixelSource): [number, number, number] | null {
  if (source.kind === "memory") {
    const [height, width] = source.resizing?.size ?? [source.height, source.width];
    return [height, width, source.channels];
  }
  return source.size && [...source.size, source.channels];
}
