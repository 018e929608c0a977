/**
 * What a pipeline of transforms makes of some pictures, epoch by epoch: by the code that the loaders of a run use, in the
 * browser, on the small pictures that are here.
 */
import { Rng } from "@convkit/random";
import type { ResizeFit, TransformLists } from "@convkit/schema";
import {
  applyMix,
  createTransformPipeline,
  describeDrawn,
  drawMix,
  resize,
  toGrey,
  undoNormalize,
  type DrawnParameters,
} from "@convkit/transforms";

export interface SmallPicture {
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

export interface AugmentedPicture extends SmallPicture {
  /** What each random transform drew, a line each. */
  readonly drawn: readonly string[];
}

export interface AugmentOptions {
  readonly seed: number;
  /** From 1, as epochs count in configs. */
  readonly epoch: number;
  readonly channels: number;
}

/**
 * @param pictures of one size.
 * @returns one for each of them.
 * @throws {Error} if a transform cannot take them, or is a module, which only a training host can load.
 */
export function augmentPictures(
  pictures: readonly SmallPicture[],
  { train, batch }: Pick<TransformLists, "train" | "batch">,
  { seed, epoch, channels }: AugmentOptions,
): AugmentedPicture[] {
  const [first] = pictures;
  if (first === undefined) return [];
  const module = train.find((spec) => "module" in spec);
  if (module)
    throw new Error(
      `${module.module} is a module of your own, which a page cannot load: \`convkit data preview\` can.`,
    );
  const values = first.height * first.width * channels;
  const bytes = new Uint8Array(pictures.length * values);
  pictures.forEach(({ pixels }, i) => bytes.set(pixels, i * values));
  const rng = Rng.fromSeed(seed).split("augment");
  const rngs = pictures.map((_, i) => rng.split(epoch).split(i));
  const drawn: DrawnParameters[][] = pictures.map(() => []);
  const { images, shape } = createTransformPipeline(train).apply(
    bytes,
    { count: pictures.length, height: first.height, width: first.width, channels },
    rngs,
    {
      epoch: epoch - 1,
      imageRngOf: (i) => rng.split("every epoch").split(i),
      onSample(index, parameters) {
        const spec = train[index];
        const transform = spec && "name" in spec ? spec.name : "";
        parameters.forEach((value, i) => drawn[i]!.push({ transform, parameters: value }));
      },
    },
  );
  const mix = drawMix(batch, { rng: rng.split(epoch).split("batch"), epoch, shape });
  if (mix) applyMix(images, shape, mix);
  undoNormalize(images, channels, train);
  const made = shape.height * shape.width * channels;
  return pictures.map((_, i) => ({
    pixels: Uint8Array.from(
      Uint8ClampedArray.from(images.subarray(i * made, (i + 1) * made), (value) => 255 * value),
    ),
    height: shape.height,
    width: shape.width,
    drawn: [
      ...drawn[i]!.map(describeDrawn),
      ...(mix ? [`${mix.name} keeps ${Math.round(mix.weight * 100)}%`] : []),
    ],
  }));
}

/**
 * A small picture as the network's input has it: brought to the data set's size and channels.
 * @param imageShape null: its own size.
 * @param imageFit what becomes of a picture of another shape.
 * @throws {Error} if it cannot be loaded.
 */
export async function loadSmallPicture(
  src: string,
  imageShape: readonly [height: number, width: number, channels: number] | null,
  imageFit?: ResizeFit,
): Promise<SmallPicture> {
  const image = new Image();
  image.src = src;
  await image.decode();
  const { naturalHeight: height, naturalWidth: width } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("Expected a browser that draws on a canvas. Received: none.");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const channels = imageShape?.[2] ?? 3;
  const pixels = channels === 1 ? toGrey(data, 4) : new Uint8Array(data.filter((_, i) => i % 4 !== 3));
  if (imageShape === null || (imageShape[0] === height && imageShape[1] === width))
    return { pixels, height, width };
  const size = [imageShape[0], imageShape[1]] as const;
  return {
    pixels: resize(pixels, { count: 1, height, width, channels }, size, imageFit),
    height: size[0],
    width: size[1],
  };
}
