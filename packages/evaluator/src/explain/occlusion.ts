/**
 * Occlusion: how much a class's logit falls when a part of the picture is covered.
 * Zeiler and Fergus 2014, § 4.2, https://arxiv.org/abs/1311.2901. Differs from it: the logit instead of the probability, as with
 * the other methods here, so that a sure network has a map too; and a pixel has the mean of the squares that cover it.
 */
import * as tf from "@tensorflow/tfjs";
import type { SaliencyMaps } from "./saliency-maps.js";
import { targetClasses, type TargetClasses } from "./target-classes.js";

/** Covered pictures in one pass. */
const BATCH_SIZE = 64;

export type OcclusionOptions = {
  classes?: TargetClasses | undefined;
  /** Side of the covering square in pixels. Default: a quarter of the shorter side. */
  size?: number | undefined;
  /** From one square to the next, in pixels, at most `size`. Default: half of it. */
  stride?: number | undefined;
  /** What the square is filled with. Default: 0, the data set's mean after normalisation. */
  fill?: number | undefined;
};

/**
 * @param model ends in logits [N, K]; it stays as it was.
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed.
 * @returns maps of the input's size: above 0 where covering lowers the logit.
 * @throws {RangeError} if a class is none of the network's, the square is larger than the picture, or squares leave gaps.
 */
export async function occlusion(
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  options: OcclusionOptions = {},
): Promise<SaliencyMaps> {
  const [count, height, width, channels] = inputs.shape;
  const { classes, fill = 0 } = options;
  const { size = Math.max(1, Math.floor(Math.min(height, width) / 4)) } = options;
  const { stride = Math.max(1, Math.floor(size / 2)) } = options;
  checkSquares({ size, stride, height, width });
  const squares = startsAlong(height, size, stride).flatMap((top) =>
    startsAlong(width, size, stride).map((left) => ({ top, left })),
  );
  const pixels = await inputs.data<"float32">();
  const valuesPerPicture = height * width * channels;
  const data = new Float32Array(count * height * width);
  const explained: number[] = [];
  for (let index = 0; index < count; index++) {
    const picture = pixels.subarray(index * valuesPerPicture, (index + 1) * valuesPerPicture);
    const whole = logitsOf(model, picture, [1, height, width, channels]);
    const [target, uncovered] = await targetOf(whole, classes, index).finally(() => whole.dispose());
    explained.push(target);
    const covers = new Float32Array(height * width);
    const falls = data.subarray(index * height * width, (index + 1) * height * width);
    for (let start = 0; start < squares.length; start += BATCH_SIZE) {
      const group = squares.slice(start, start + BATCH_SIZE);
      const covered = new Float32Array(group.length * valuesPerPicture);
      for (const [i, { top, left }] of group.entries()) {
        const copy = covered.subarray(i * valuesPerPicture, (i + 1) * valuesPerPicture);
        copy.set(picture);
        for (let y = top; y < top + size; y++) {
          copy.fill(fill, (y * width + left) * channels, (y * width + left + size) * channels);
        }
      }
      const logits = logitsOf(model, covered, [group.length, height, width, channels]);
      const values = await logits.data<"float32">();
      const classCount = logits.shape[1];
      logits.dispose();
      for (const [i, { top, left }] of group.entries()) {
        const fall = uncovered - values[i * classCount + target]!;
        for (let y = top; y < top + size; y++) {
          for (let x = left; x < left + size; x++) {
            falls[y * width + x]! += fall;
            covers[y * width + x]! += 1;
          }
        }
      }
    }
    for (const [place, times] of covers.entries()) falls[place]! /= times;
  }
  return { data, count, height, width, classes: explained };
}

/** @returns the class and its logit. */
async function targetOf(
  logits: tf.Tensor2D,
  classes: TargetClasses | undefined,
  index: number,
): Promise<[number, number]> {
  const [target] = (await targetClasses(logits, classes, index)) as [number];
  const values = await logits.data<"float32">();
  return [target, values[target]!];
}

function logitsOf(
  model: tf.LayersModel,
  pixels: Float32Array,
  shape: [number, number, number, number],
): tf.Tensor2D {
  return tf.tidy(() => model.apply(tf.tensor4d(pixels, shape), { training: false }) as tf.Tensor2D);
}

/** The last square ends with the picture. */
function startsAlong(length: number, size: number, stride: number): number[] {
  const last = length - size;
  return Array.from({ length: Math.ceil(last / stride) + 1 }, (_, i) => Math.min(i * stride, last));
}

type Squares = { size: number; stride: number; height: number; width: number };

function checkSquares({ size, stride, height, width }: Squares): void {
  const isWhole = Number.isInteger(size) && Number.isInteger(stride);
  if (isWhole && size >= 1 && size <= Math.min(height, width) && stride >= 1 && stride <= size) return;
  throw new RangeError(
    `Expected a square of 1 to ${Math.min(height, width)} whole pixels a side and a stride from 1 to that. ` +
      `Received: size ${size}, stride ${stride}.`,
  );
}
