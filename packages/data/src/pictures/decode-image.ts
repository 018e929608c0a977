/** From a picture file to pixels, through sharp (libvips). */
import { resize } from "@convkit/transforms";
import sharp from "sharp";
import { decoderInput, type PictureLocation } from "./picture-location.js";

export interface DecodedImage {
  /** uint8 [height, width, channels]. */
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export interface DecodeOptions {
  /** 1 makes the picture grey, 3 makes it colour. */
  readonly channels: 1 | 3;
  /** [height, width] to resize to; the aspect ratio is not kept. */
  readonly size?: readonly [number, number] | null;
}

/** Not a picture, or not a whole one. */
export class ImageDecodeError extends Error {
  override readonly name = "ImageDecodeError";
  /** What the decoder says, on one line. */
  readonly reason: string;

  constructor(picture: PictureLocation | Uint8Array, cause: Error) {
    const reason = cause.message.trim().replaceAll(/\s*\n\s*/g, "; ");
    super(
      `Expected a picture that can be decoded. Received: ${describe(picture)}, which cannot (${reason}).`,
      { cause },
    );
    this.reason = reason;
  }
}

function describe(picture: PictureLocation | Uint8Array): string {
  if (typeof picture === "string") return picture;
  return picture instanceof Uint8Array
    ? `${picture.length} bytes`
    : `${picture.length} bytes from byte ${picture.offset} of ${picture.file}`;
}

/**
 * Decodes JPEG, PNG, WebP, GIF (its first frame), TIFF or AVIF as a viewer shows it: turned as EXIF says, in sRGB,
 * over white where transparent, 8 bits a channel.
 *
 * Resizing is `resize` of @convkit/transforms and not the decoder's own, so that a browser with the same transform
 * gets the same pixels out of the same decoded picture.
 * @param picture its path, its bytes, or where they lie in a larger file.
 * @throws {ImageDecodeError} if the bytes are no picture, or a cut one, or cannot be read.
 */
export async function decodeImage(
  picture: PictureLocation | Uint8Array,
  { channels, size }: DecodeOptions,
): Promise<DecodedImage> {
  try {
    const { data, info } = await sharp(await decoderInput(picture), { failOn: "error" })
      .autoOrient()
      .flatten({ background: "white" })
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    if (!size) return { data, height, width, channels };
    const resized = resize(data, { count: 1, height, width, channels }, size);
    return { data: resized, height: size[0], width: size[1], channels };
  } catch (cause) {
    throw new ImageDecodeError(picture, cause as Error);
  }
}

export interface PictureFacts {
  /** As a viewer shows it. */
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
}

/**
 * Decodes a picture to see whether it can be, to so few pixels that little memory is needed for a large one.
 * @throws {ImageDecodeError} if the bytes are no picture, or a cut one.
 */
export async function inspectPicture(bytes: Uint8Array): Promise<PictureFacts> {
  try {
    const picture = sharp(bytes, { failOn: "error" });
    const { autoOrient, space } = await picture.metadata();
    await picture.resize(8, 8, { fit: "fill" }).raw().toBuffer();
    return { ...autoOrient, isGrey: space === "b-w" || space === "grey16" };
  } catch (cause) {
    throw new ImageDecodeError(bytes, cause as Error);
  }
}

/** A decoder's own resizing shifts pictures by parts of a pixel: it is left to the first, coarse step. */
const COARSE = 4;

/**
 * A picture as `decodeImage` shows it, grey and brought to a square of so many pixels. A large one is first reduced by
 * the decoder, which need not decode all of it for that, to four times as many.
 * @returns uint8 [edge, edge].
 * @throws {ImageDecodeError} if the bytes are no picture, or a cut one.
 */
export async function decodeGrey(picture: PictureLocation | Uint8Array, edge: number): Promise<Uint8Array> {
  try {
    const { data, info } = await sharp(await decoderInput(picture), { failOn: "error" })
      .autoOrient()
      .flatten({ background: "white" })
      .resize(COARSE * edge, COARSE * edge, { fit: "fill", withoutEnlargement: true })
      .toColourspace("b-w")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return resize(data, { count: 1, height: info.height, width: info.width, channels: 1 }, [edge, edge]);
  } catch (cause) {
    throw new ImageDecodeError(picture, cause as Error);
  }
}
