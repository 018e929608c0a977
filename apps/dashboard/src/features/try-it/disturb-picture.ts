/** What the sliders do to a picture before the network sees it: by the transforms that training uses, with fixed strengths. */
import type { ClassifierImage } from "@convkit/models";
import { Rng } from "@convkit/random";
import type { BuiltinTransformSpec } from "@convkit/schema";
import { createTransformPipeline, resize } from "@convkit/transforms";
import type { Disturbance } from "./disturbance";

/** So that noise stands still while another slider moves. */
const NOISE_SEED = 0;

/**
 * Brightness, rotation (corners are cut off, what comes in is black), blur and noise, in this order.
 * @returns a new picture of the same size; the same for the same strengths.
 */
export function disturb(picture: ClassifierImage, disturbance: Disturbance): ClassifierImage {
  const { data, ...shape } = picture;
  const pipeline = createTransformPipeline(specsOf(picture, disturbance));
  const rngs = pipeline.isRandom ? [Rng.fromSeed(0)] : [];
  const { images } = pipeline.apply(data, { count: 1, ...shape }, rngs);
  const sigma = (disturbance.noisePercent / 100) * 255;
  const noise = Rng.fromSeed(NOISE_SEED).split("noise");
  // Clamps and rounds.
  const disturbed = new Uint8ClampedArray(images.length);
  for (const [i, value] of images.entries())
    disturbed[i] = 255 * value + (sigma > 0 ? sigma * noise.normal() : 0);
  return { ...shape, data: new Uint8Array(disturbed.buffer) };
}

/** Ranges of one value: nothing about them is random. */
function specsOf(
  { height, width }: ClassifierImage,
  { blurPercent, brightness, rotationDegrees }: Disturbance,
): BuiltinTransformSpec[] {
  const specs: BuiltinTransformSpec[] = [];
  if (brightness !== 1) {
    const range: [number, number] = [brightness, brightness];
    specs.push({ name: "ColorJitter", brightness: range, contrast: 0, saturation: 0, hue: 0 });
  }
  if (rotationDegrees !== 0) {
    const degrees: [number, number] = [-rotationDegrees, -rotationDegrees];
    specs.push({ name: "RandomRotation", degrees, interpolation: "bilinear", fill: [0] });
  }
  const shorter = Math.min(height, width);
  const sigma = (blurPercent / 100) * shorter;
  // The kernel reaches three deviations; its mirrored border must lie inside the picture.
  const half = Math.min(Math.ceil(3 * sigma), shorter - 1);
  if (half > 0) specs.push({ name: "GaussianBlur", kernelSize: 2 * half + 1, sigma: [sigma, sigma] });
  return specs;
}

/** Below this, a picture is small enough to be disturbed and shown as it is. */
const SMALLEST_LIMIT = 256;

/**
 * A picture of a handy size, in which sliders act at once: its shorter edge at most twice that of the network's input, so
 * that what is added is not averaged away again.
 * @param inputShape [height, width, channels] of the network's input.
 */
export function handyPicture(picture: ClassifierImage, inputShape: readonly number[]): ClassifierImage {
  const { data, ...shape } = picture;
  const limit = Math.max(SMALLEST_LIMIT, 2 * Math.max(inputShape[0]!, inputShape[1]!));
  if (Math.min(shape.height, shape.width) <= limit) return picture;
  const scale = limit / Math.min(shape.height, shape.width);
  const size = [Math.round(shape.height * scale), Math.round(shape.width * scale)] as const;
  const reduced = resize(data, { count: 1, ...shape }, size);
  return { data: reduced, height: size[0], width: size[1], channels: shape.channels };
}
