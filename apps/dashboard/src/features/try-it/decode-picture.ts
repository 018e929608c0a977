/** From a file, or a frame of the camera, to the bytes that preprocessing begins with, decoded by the browser. */

export interface DecodedPicture {
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** The browser cannot decode it, or it is no picture. */
class UndecodablePictureError extends Error {
  override readonly name = "UndecodablePictureError";
}

/** As in packages/data: larger ones are reduced while they are decoded. */
const MOST_PIXELS = 2 ** 25;

/**
 * As @convkit/data decodes for training: turned as EXIF says, in sRGB, over white where transparent.
 * @param channels 1 makes the picture grey, 3 makes it colour.
 * @throws {UndecodablePictureError}
 */
export async function decodePicture(source: Blob | ImageBitmap, channels: 1 | 3): Promise<DecodedPicture> {
  const bitmap = source instanceof Blob ? await openBitmap(source) : source;
  try {
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (bitmap.height * bitmap.width)));
    const [height, width] = [bitmap.height, bitmap.width].map((edge) =>
      Math.max(1, Math.floor(edge * scale)),
    );
    const canvas = new OffscreenCanvas(width!, height!);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("Expected a browser that draws on a canvas. Received: none.");
    context.fillStyle = "white";
    context.fillRect(0, 0, width!, height!);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width!, height!);
    const { data } = context.getImageData(0, 0, width!, height!);
    const pixels = channels === 1 ? luminanceOf(data) : withoutAlpha(data);
    return { pixels, height: height!, width: width!, channels };
  } finally {
    bitmap.close();
  }
}

async function openBitmap(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob);
  } catch (cause) {
    const received = blob.size === 0 ? "an empty file" : blob.type || "a file of an unknown type";
    throw new UndecodablePictureError(
      `Expected a picture that this browser can decode: a whole JPEG, PNG, WebP, GIF or AVIF. Received: ${received}.`,
      { cause },
    );
  }
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const pixels = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    pixels[to++] = rgba[from]!;
    pixels[to++] = rgba[from + 1]!;
    pixels[to++] = rgba[from + 2]!;
  }
  return pixels;
}

/** Of sRGB bytes, in light (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/**
 * As libvips makes pictures grey, which decodes for training: by ITU-R BT.709's luminance, 0.2126 R + 0.7152 G + 0.0722 B
 * of the light, brought back to sRGB (https://www.libvips.org/API/current/method.Image.colourspace.html, sRGB → b-w).
 * @param rgba uint8 [count, 4].
 * @returns uint8 [count].
 */
export function luminanceOf(rgba: Uint8ClampedArray): Uint8Array {
  const grey = new Uint8Array(rgba.length / 4);
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) {
    const [red, green, blue] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
    grey[i] = red === green && green === blue ? red : greyOf(red, green, blue);
  }
  return grey;
}

function greyOf(red: number, green: number, blue: number): number {
  const light = 0.2126 * LINEAR[red]! + 0.7152 * LINEAR[green]! + 0.0722 * LINEAR[blue]!;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
}
