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

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Context {
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: Bitmap, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

/**
 * Decodes what the browser can as it shows it: at its full size, turned as EXIF says, in sRGB, over white where transparent. In a
 * page or a worker. Its pixels are those of Node, but for pictures with a colour profile that is not sRGB, which come out a little
 * other, and for those that Node reduces while it decodes them, being many times as large as the network's input.
 * What that does to a network, `convkit verify` measures.
 *
 * @param card of the classifier that the picture is for: one whose input has one channel gets it grey.
 * @throws {ClassifierInputError} if the browser cannot decode it.
 */
export async function decodeInBrowser(
  picture: Blob,
  { inputShape }: Pick<ModelCard, "inputShape">,
): Promise<ClassifierImage> {
  const { createImageBitmap, OffscreenCanvas } = globalThis as unknown as BrowserGlobals;
  const bitmap = await createImageBitmap(picture, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "default",
  }).catch((cause: Error) => {
    throw new ClassifierInputError(
      `Expected a picture that this browser can decode. Received: ${picture.size} bytes${picture.type && ` of ${picture.type}`}, ` +
        `which it cannot (${cause.message}). Give a JPEG, PNG or WebP.`,
      { cause },
    );
  });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      alpha: false,
      colorSpace: "srgb",
      willReadFrequently: true,
    });
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data: rgba } = context.getImageData(0, 0, width, height);
    const [channels, data] =
      inputShape[2] === 1 ? ([1, luminanceOf(rgba)] as const) : ([3, coloursOf(rgba)] as const);
    return { data, height, width, channels };
  } finally {
    bitmap.close();
  }
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
