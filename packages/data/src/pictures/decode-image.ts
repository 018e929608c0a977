/** From a picture file to pixels, through sharp (libvips). */
import type { ModelCard, ResizeFit } from "@convkit/schema";
import { croppedPart, paddedPart, resize, resizeBox } from "@convkit/transforms";
import sharp from "sharp";
import { isSrgb, jpegHeader, type JpegHeader } from "./jpeg-header.js";
import { checkDepth, formatOf, type PictureFormat } from "./picture-format.js";
import { encodedBytes, type PictureLocation } from "./picture-location.js";

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
  /** [height, width] to resize to. */
  readonly size?: readonly [number, number] | null;
  /** What becomes of a picture of another shape, as `resize` of @convkit/transforms does it. If left out, it is stretched. */
  readonly fit?: ResizeFit | undefined;
}

/**
 * As the pictures were decoded that a network learnt from: at the size that its preprocessing begins with. Decoded whole, a
 * large JPEG would come out up to two levels of 255 other than those.
 */
export function decodeOptionsOf({ inputShape, preprocessing: [first] }: ModelCard): DecodeOptions {
  const channels = inputShape[2] === 1 ? 1 : 3;
  const isSized = first !== undefined && "name" in first && first.name === "Resize";
  if (!isSized || typeof first.size === "number") return { channels };
  return { channels, size: first.size, fit: first.fit };
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
 * gets the same pixels out of the same decoded picture. A JPEG that is large beside the size is scaled while it is
 * decoded, to 2.5 times the size: see `isScaledByDecoder`. So is every edge of any other picture of more than 32 Mi pixels, by
 * libvips, which then need not hold all of it.
 * @param picture its path, its bytes, or where they lie in a larger file.
 * @throws {ImageDecodeError} if the bytes are no picture, or a cut one, or cannot be read.
 */
export async function decodeImage(
  picture: PictureLocation | Uint8Array,
  { channels, size, fit }: DecodeOptions,
): Promise<DecodedImage> {
  try {
    const bytes = await encodedBytes(picture);
    const format = formatOf(bytes);
    const header = jpegHeader(bytes);
    const ignoreIcc = header?.profile != null && isSrgb(header.profile);
    const pipeline = sharp(bytes, { failOn: "error", ignoreIcc }).autoOrient();
    const fitted = size && { size, fit };
    const scaled =
      fitted && (header ? await scaledJpeg(header, bytes, fitted) : await scaledOther(format, bytes, fitted));
    if (scaled) pipeline.resize(scaled.to[1], scaled.to[0], { fit: "fill" });
    const { data, info } = await pipeline
      .flatten({ background: "white" })
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    const decoded: DecodedImage = { data, height, width, channels };
    return fitted ? bringTo(decoded, fitted, scaled?.shown) : decoded;
  } catch (cause) {
    throw new ImageDecodeError(picture, cause as Error);
  }
}

/** Times the size, to which the decoder scales. */
const SCALED = 2.5;

/** From so many times SCALED on, libvips has libjpeg scale by 2, by 4 from 5 on, by 8 from 9 on (sharp's pipeline.cc). */
const LEAST_SHRINK = 3;

/**
 * @param shown [height, width] of the picture that the decoder scaled without regard to its shape; if left out: it did not.
 */
function bringTo(
  { data, height, width, channels }: DecodedImage,
  { size, fit }: FittedSize,
  shown: Size = [height, width],
): DecodedImage {
  const brought = { height: size[0], width: size[1], channels };
  if (fit !== "crop")
    return { data: resize(data, { count: 1, height, width, channels }, size, fit), ...brought };
  const part = croppedPart({ height: shown[0], width: shown[1] }, brought);
  const [down, across] = [height / shown[0], width / shown[1]];
  const box = {
    top: part.top * down,
    left: part.left * across,
    height: part.height * down,
    width: part.width * across,
  };
  const pixels = resizeBox({ pixels: data, height, width, channels }, box, size);
  return { data: pixels as Uint8Array, ...brought };
}

/** What `decodeImage` brings a picture to. */
export interface FittedSize {
  /** [height, width]. */
  readonly size: Size;
  readonly fit?: ResizeFit | undefined;
}

/** [height, width]. */
type Size = readonly [number, number];

/** @returns what all of a picture becomes where it is brought to a size: more than that where it is cropped. */
function wholeSize([height, width]: Size, { size, fit }: FittedSize): Size {
  if (fit === undefined || fit === "stretch") return size;
  const target = { height: size[0], width: size[1] };
  if (fit === "pad") {
    const part = paddedPart({ height, width }, target);
    return [part.height, part.width];
  }
  const part = croppedPart({ height, width }, target);
  return [(target.height * height) / part.height, (target.width * width) / part.width];
}

/**
 * Whether `decodeImage` has a JPEG scaled before it resizes: by libjpeg, in the DCT, to a half, a quarter or an eighth,
 * then by libvips (Lanczos) to 2.5 times the size, and only where libjpeg then has something to do: from 7.5 times the
 * size on, in both directions. A photo of 12 megapixels is decoded ten times as fast.
 *
 * Against decoding all of it, the mean absolute difference is 0.3 to 2.1 levels of 255 (30 photos of flowers5, brought to
 * a 6th … a 24th). The DCT alone, to no less than twice the size, makes 0.7 to 2.5; to leave all to sharp, 5.
 * @param shown [height, width] of the picture as a viewer shows it.
 */
export function isScaledByDecoder(shown: Size, fitted: FittedSize): boolean {
  const scaled = scaledTo(wholeSize(shown, fitted));
  return shown.every((edge, i) => edge >= LEAST_SHRINK * (scaled[i] as number));
}

const scaledTo = (size: Size): Size => [Math.ceil(SCALED * size[0]), Math.ceil(SCALED * size[1])];

interface ScaledByDecoder {
  /** What the decoder is to make of it. */
  readonly to: Size;
  /** What it has, as a viewer shows it. */
  readonly shown: Size;
}

/** @returns null: it is to be decoded whole. */
async function scaledJpeg(
  { height, width }: JpegHeader,
  bytes: Uint8Array,
  fitted: FittedSize,
): Promise<ScaledByDecoder | null> {
  const scaled = (shown: Size) =>
    isScaledByDecoder(shown, fitted) ? { to: scaledTo(wholeSize(shown, fitted)), shown } : null;
  const [asItLies, turned] = [scaled([height, width]), scaled([width, height])];
  // How EXIF turns it is asked only where it matters.
  if (asItLies === null && turned === null) return null;
  const isAlike = fitted.fit === undefined || fitted.fit === "stretch" || height === width;
  if (isAlike && asItLies && turned) return asItLies;
  const { autoOrient } = await sharp(bytes, { failOn: "error" }).metadata();
  return scaled([autoOrient.height, autoOrient.width]);
}

/** Decoded in colour, 96 MiB. */
const MOST_PIXELS = 2 ** 25;

/** Whether a picture has more pixels than should be held at once. */
export const isHuge = ({ height, width }: { height: number; width: number }): boolean =>
  height * width > MOST_PIXELS;

/** PNG specification, 11.2.1: the IHDR chunk comes first, with the width and the height as its first words. */
const PNG_WIDTH = 16;
const PNG_HEAD = 24;

async function scaledOther(
  format: PictureFormat,
  bytes: Uint8Array,
  fitted: FittedSize,
): Promise<ScaledByDecoder | null> {
  // Asking the decoder takes a fifth of decoding a small one.
  if (format === "png" && bytes.length >= PNG_HEAD) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (!isHuge({ width: view.getUint32(PNG_WIDTH), height: view.getUint32(PNG_WIDTH + 4) })) return null;
  }
  const { autoOrient } = await sharp(bytes, { failOn: "error" }).metadata();
  if (!isHuge(autoOrient)) return null;
  const shown: Size = [autoOrient.height, autoOrient.width];
  const [height, width] = scaledTo(wholeSize(shown, fitted));
  return { to: [Math.min(height, shown[0]), Math.min(width, shown[1])], shown };
}

export interface PictureFacts {
  /** As a viewer shows it. */
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
}

/**
 * Decodes a picture to see whether `decodeImage` can, to so few pixels that little memory is needed for a large one.
 * @throws {ImageDecodeError} if the bytes are no picture, or a cut one, or one whose black and white are not known.
 */
export async function inspectPicture(bytes: Uint8Array): Promise<PictureFacts> {
  try {
    formatOf(bytes);
    const picture = sharp(bytes, { failOn: "error" });
    const { autoOrient, space, depth } = await picture.metadata();
    checkDepth(depth);
    const isGrey = space === "b-w" || space === "grey16";
    await picture
      .resize(8, 8, { fit: "fill" })
      .flatten({ background: "white" })
      .toColourspace(isGrey ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer();
    return { ...autoOrient, isGrey };
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
    const bytes = await encodedBytes(picture);
    formatOf(bytes);
    const { data, info } = await sharp(bytes, { failOn: "error" })
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
