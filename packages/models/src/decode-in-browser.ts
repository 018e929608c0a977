/** From a picture file to pixels in a browser, as `decodeImage` of @convkit/data does it in Node. */
import type { ModelCard } from "@convkit/schema";
import { ClassifierInputError } from "./errors.js";
import type { ClassifierImage } from "./load-classifier.js";

/** What a page or a worker has, and Node has not. */
interface BrowserGlobals {
  createImageBitmap(blob: Blob, options: object): Promise<Bitmap>;
  OffscreenCanvas: new (
    width: number,
    height: number,
  ) => { getContext(kind: "2d", options: object): Context };
}

/** An `ImageBitmap`: a frame of a video, say. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/** As in packages/data: larger ones are reduced while they are decoded. */
const MOST_PIXELS = 2 ** 25;

interface Context {
  fillStyle: string;
  imageSmoothingQuality: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: Bitmap, x: number, y: number, width: number, height: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

/**
 * Decodes what the browser can as it shows it: at its full size (above 2²⁵ pixels, reduced to that many), turned as EXIF says, in sRGB, over
 * white where transparent. In a page or a worker. Its pixels are those of Node, but for pictures with a colour profile that is not sRGB, which come out a little
 * other, and for those that Node reduces while it decodes them, being many times as large as the network's input.
 * What that does to a network, `convkit verify` measures.
 *
 * @param picture an encoded one, or an `ImageBitmap`, which is closed.
 * @param card of the classifier that the picture is for: one whose input has one channel gets it grey.
 * @throws {ClassifierInputError} if the browser cannot decode it.
 */
export async function decodeInBrowser(
  picture: Blob | Bitmap,
  { inputShape }: Pick<ModelCard, "inputShape">,
): Promise<ClassifierImage> {
  const { OffscreenCanvas } = globalThis as unknown as BrowserGlobals;
  const bitmap = picture instanceof Blob ? await openBitmap(picture) : picture;
  try {
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (bitmap.height * bitmap.width)));
    const height = Math.max(1, Math.floor(bitmap.height * scale));
    const width = Math.max(1, Math.floor(bitmap.width * scale));
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      alpha: false,
      colorSpace: "srgb",
      willReadFrequently: true,
    });
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    const { data: rgba } = context.getImageData(0, 0, width, height);
    const [channels, data] =
      inputShape[2] === 1 ? ([1, luminanceOf(rgba)] as const) : ([3, coloursOf(rgba)] as const);
    return { data, height, width, channels };
  } finally {
    bitmap.close();
  }
}

async function openBitmap(picture: Blob): Promise<Bitmap> {
  const { createImageBitmap } = globalThis as unknown as BrowserGlobals;
  return createImageBitmap(picture, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "default",
  }).catch((cause: Error) => {
    const received =
      picture.size === 0
        ? "an empty file"
        : `${picture.type || "a file of an unknown type"} (${cause.message})`;
    throw new ClassifierInputError(
      `Expected a picture that this browser can decode: a whole JPEG, PNG, WebP, GIF or AVIF. Received: ${received}.`,
      { cause },
    );
  });
}

/** @param rgba uint8 [pixels, 4], opaque. */
function coloursOf(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from] as number;
    rgb[to++] = rgba[from + 1] as number;
    rgb[to++] = rgba[from + 2] as number;
  }
  return rgb;
}

/**
 * Grey as libvips makes it, to a level: the luminance of ITU-R BT.709, 0.2126 R + 0.7152 G + 0.0722 B of linear light, with
 * the gamma of sRGB (IEC 61966-2-1).
 *
 * @param rgba uint8 [pixels, 4], opaque.
 */
export function luminanceOf(rgba: ArrayLike<number>): Uint8Array {
  const grey = new Uint8Array(rgba.length / 4);
  const linear = Float64Array.from({ length: 256 }, (_, level) => toLinear(level / 255));
  for (let from = 0, to = 0; to < grey.length; from += 4, to++) {
    const [red, green, blue] = [rgba[from] as number, rgba[from + 1] as number, rgba[from + 2] as number];
    if (red === green && green === blue) {
      grey[to] = red;
      continue;
    }
    const light = 0.2126 * linear[red]! + 0.7152 * linear[green]! + 0.0722 * linear[blue]!;
    grey[to] = Math.round(255 * toGamma(light));
  }
  return grey;
}

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toGamma(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}
