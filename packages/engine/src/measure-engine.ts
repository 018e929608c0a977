/** How fast an engine is, in about a second: a number to compare engines by, not one to publish. */
import type { Rank, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { Engine, TfjsModule } from "./engine.js";

export interface EngineSpeed {
  /** Of a product of square matrices, float32. */
  readonly gemm: GemmSpeed;
  /** What was timed: a step with gradients, or for an engine that cannot train the forward pass. */
  readonly measured: "training step" | "forward pass";
  readonly imagesPerSecond: number;
  /** 10⁹ floating-point operations a second within the convolutions; a multiply-add counts as two. */
  readonly gflopsPerSecond: number;
  readonly batchSize: number;
  readonly steps: number;
}

export interface GemmSpeed {
  /** Rows and columns of each matrix. */
  readonly size: number;
  readonly gflopsPerSecond: number;
}

export interface MeasureEngineOptions {
  /** How long to repeat the step, in milliseconds; one step is taken at least. */
  readonly durationMs?: number;
}

const SIZE = 8;
const FILTERS = 32;
/** The first whose step takes long enough is timed: on fewer images, a fast engine would be timed waiting for its answer. */
const BATCH_SIZES = [1, 128, 1024, 8192] as const;
const LONG_STEP_MS = 10;
/** The same of products of matrices. */
const GEMM_SIZES = [256, 1024, 4096] as const;
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

  let images = randomImages(tf, BATCH_SIZES[0]);
  try {
    for (const batchSize of BATCH_SIZES) {
      images.dispose();
      images = randomImages(tf, batchSize);
      await takeStep(tf, images, filters);
      if (!(await isFast(() => takeStep(tf, images, filters)))) break;
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
      gemm: await measureGemm(tf, durationMs),
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

/** Of the first size whose product takes long, or of the largest. */
async function measureGemm(tf: TfjsModule, durationMs: number): Promise<GemmSpeed> {
  let speed: GemmSpeed = { size: 0, gflopsPerSecond: 0 };
  for (const size of GEMM_SIZES) {
    const matrix = tf.randomUniform<Rank.R2>([size, size], -1, 1, "float32", 1);
    const multiply = async (): Promise<void> => {
      const corner = tf.tidy(() => tf.slice(tf.matMul(matrix, matrix), [0, 0], [1, 1]));
      await corner.data();
      corner.dispose();
    };
    await multiply();
    const start = performance.now();
    let products = 0;
    do {
      await multiply();
      products++;
    } while (performance.now() - start < durationMs / 5);
    const elapsedMs = performance.now() - start;
    matrix.dispose();
    speed = { size, gflopsPerSecond: (products * 2 * size ** 3) / elapsedMs / 1e6 };
    if (elapsedMs / products > LONG_STEP_MS) break;
  }
  return speed;
}

/** Whether one step of a few takes as little as it should: one alone may wait for other work on the machine. */
async function isFast(takeStep: () => Promise<void>): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now();
    await takeStep();
    if (performance.now() - start < LONG_STEP_MS) return true;
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
