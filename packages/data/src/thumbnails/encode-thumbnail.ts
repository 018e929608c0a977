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
  const picture = await openPicture(split, position);
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
