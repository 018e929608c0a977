/** One picture, small enough for a page of hundreds. */
import sharp, { type Sharp } from "sharp";
import type { DatasetSplit } from "../dataset-split.js";
import { decoderInput, type PictureLocation } from "../pictures/picture-location.js";

/** Pixels. */
const LONGEST_SIDE = 128;
/** Where every pixel counts, none is made up. */
const LONGEST_LOSSLESS_SIDE = 64;
const QUALITY = 80;

/**
 * Never larger than the picture, which is shown as a viewer shows it.
 * @returns WebP, without anything that the file said beside its pixels.
 * @throws {Error} of the decoder's, for a file that is damaged or gone.
 */
export async function encodeThumbnail(split: DatasetSplit, position: number): Promise<Buffer> {
  return encodeSmall(await openPicture(split, position));
}

export interface PixelPicture {
  /** uint8, height × width × channels. */
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: number;
}

/** The same of pixels that are there already, such as what a network was shown. */
export async function encodePixels({ data, height, width, channels }: PixelPicture): Promise<Buffer> {
  // A copy: sharp reads on its own threads what it is handed.
  return encodeSmall(
    sharp(Uint8Array.from(data), { raw: { height, width, channels: channels as 1 | 2 | 3 | 4 } }),
  );
}

async function encodeSmall(picture: Sharp): Promise<Buffer> {
  const { width, height } = await picture.metadata();
  const lossless = Math.max(width, height) <= LONGEST_LOSSLESS_SIDE;
  return picture
    .autoOrient()
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: "inside", withoutEnlargement: true })
    .webp(lossless ? { lossless: true } : { quality: QUALITY })
    .toBuffer();
}

async function openPicture({ source, sourceIndices }: DatasetSplit, position: number): Promise<Sharp> {
  const index = sourceIndices[position] as number;
  if (source.kind === "files") {
    return sharp(await decoderInput(source.locations[index] as PictureLocation), { failOn: "error" });
  }
  const { pixels, height, width, channels } = source;
  const bytes = height * width * channels;
  const raw = { height, width, channels: channels as 1 | 2 | 3 | 4 };
  // A copy: sharp reads on its own threads what it is handed.
  return sharp(Uint8Array.from(new Uint8Array(pixels, index * bytes, bytes)), { raw });
}
