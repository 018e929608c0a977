/** How fast an engine is, in about a second: a number to compare engines by, not one to publish. */
import type { Rank, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { Engine, TfjsModule } from "./engine.js";

export interface EngineSpeed {
  /** What was timed: a step with gradients, or for an engine that cannot train the forward pass. */
  readonly measured: "training step" | "forward pass";
  readonly imagesPerSecond: number;
  /** 10⁹ floating-point operations a second within the convolutions; a multiply-add counts as two. */
  readonly gflopsPerSecond: number;
  readonly batchSize: number;
  readonly steps: number;
}

export interface MeasureEngineOptions {
  /** How long to repeat the step, in milliseconds; one step is taken at least. */
  readonly durationMs?: number;
}

const SIZE = 8;
const FILTERS = 32;
const BATCH_SIZE = 128;
/** An engine that takes longer for one image (plain JavaScript does) is timed on single images. */
const SLOW_IMAGE_MS = 30;
const FLOPS_PER_CONVOLUTION = 2 * SIZE * SIZE * 3 * 3 * FILTERS * FILTERS;

/**
 * Times two 3×3 convolutions with ReLU on images of 8×8×32, the later stages of a small CNN: forward and the gradients
 * with respect to both filters.
 */
export async function measureEngine(
  engine: Pick<Engine, "tf" | "canTrain">,
  options: MeasureEngineOptions = {},
): Promise<EngineSpeed> {
  const { durationMs = 1000 } = options;
  const { tf, canTrain } = engine;
  const filters = [1, 2].map((seed) => randomFilter(tf, seed));
  const takeStep = canTrain ? takeTrainingStep : takeForwardPass;

  let images = randomImages(tf, 1);
  try {
    await takeStep(tf, images, filters);
    if (await isFast(() => takeStep(tf, images, filters))) {
      images.dispose();
      images = randomImages(tf, BATCH_SIZE);
      await takeStep(tf, images, filters);
    }

    const batchSize = images.shape[0];
    const start = performance.now();
    let steps = 0;
    do {
      await takeStep(tf, images, filters);
      steps++;
    } while (performance.now() - start < durationMs);
    const imagesPerSecond = (steps * batchSize * 1000) / (performance.now() - start);
    // Training: two forward, two filter gradients, one input gradient (the images need none).
    const flopsPerImage = (canTrain ? 5 : 2) * FLOPS_PER_CONVOLUTION;
    return {
      measured: canTrain ? "training step" : "forward pass",
      imagesPerSecond,
      gflopsPerSecond: (imagesPerSecond * flopsPerImage) / 1e9,
      batchSize,
      steps,
    };
  } finally {
    tf.dispose([images, ...filters]);
  }
}

/** Whether one step of a few takes as little as it should: one alone may wait for other work on the machine. */
async function isFast(takeStep: () => Promise<void>): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now();
    await takeStep();
    if (performance.now() - start < SLOW_IMAGE_MS) return true;
  }
  return false;
}

function randomImages(tf: TfjsModule, count: number): Tensor4D {
  return tf.randomUniform<Rank.R4>([count, SIZE, SIZE, FILTERS], -1, 1, "float32", 1);
}

function randomFilter(tf: TfjsModule, seed: number): Variable {
  return tf.tidy(() => tf.variable(tf.randomNormal([3, 3, FILTERS, FILTERS], 0, 0.08, "float32", seed)));
}

function meanResponse(tf: TfjsModule, images: Tensor4D, filters: readonly Variable[]) {
  let x = images;
  for (const filter of filters) x = tf.relu(tf.conv2d(x, filter as unknown as Tensor4D, 1, "same"));
  return tf.mean(x).asScalar();
}

/** Reads a number at the end: an engine that queues its work has to finish it. */
async function takeTrainingStep(
  tf: TfjsModule,
  images: Tensor4D,
  filters: readonly Variable[],
): Promise<void> {
  const { value, grads } = tf.variableGrads(() => meanResponse(tf, images, filters), [...filters]);
  await Promise.all([value, ...Object.values(grads)].map((tensor) => tensor.data()));
  tf.dispose([value, grads]);
}

async function takeForwardPass(
  tf: TfjsModule,
  images: Tensor4D,
  filters: readonly Variable[],
): Promise<void> {
  const value = tf.tidy(() => meanResponse(tf, images, filters));
  await value.data();
  value.dispose();
}
