/**
 * What a step of a config takes: time and memory. A few steps of a run that is thrown away, in a process of its own where
 * the memory is to be that of this batch size alone.
 */
import { RunConfig, type RunConfigInput } from "@convkit/schema";
import type { Callback } from "./callback.js";
import { DataWait } from "./data-wait.js";
import { fit } from "./fit.js";
import { GpuWatch } from "./gpu-usage.js";
import { createLoss } from "./loss.js";
import { medianOf } from "./median.js";
import { openRunData } from "./run-data.js";
import type { RunOptions } from "./run-options.js";
import { assembleRun } from "./run-parts.js";
import { readPeakMemory, readSystemMemory } from "./system-memory.js";

export interface MeasureStepsOptions extends Pick<
  RunOptions,
  "home" | "signal" | "onDataProgress" | "loaderWorkers"
> {
  /** Steps are measured for so long, and three at least. Default: two seconds. */
  readonly durationMs?: number;
  /** Whether the engine is an NVIDIA GPU, whose memory then is read too. Default: false. */
  readonly onGpu?: boolean;
}

export interface StepMeasurement {
  /** The config's, or all training pictures where these are fewer. */
  readonly batchSize: number;
  readonly trainingImages: number;
  /** Steps measured. */
  readonly steps: number;
  /** Median of a step, without what it waited for pictures: the first epoch decodes what later ones have in memory. */
  readonly stepMs: number;
  readonly imagesPerSecond: number;
  /** The most that the process has held so far. */
  readonly peakMemoryBytes: number;
  /** What the machine, or the tightest control group, had left for the process when this began, its own share included. */
  readonly availableMemoryBytes: number;
  /** In use on the GPU after the steps, by whichever process. */
  readonly gpuMemoryBytes?: number;
}

/** Steps in which memory, threads and caches settle. */
const WARM_UP_STEPS = 2;
const FEWEST_STEPS = 3;

/**
 * Trains by everything in the config that a step is made of, at a learning rate of 0, and writes nothing. The schedule,
 * `epochs`, validation and the config's callbacks have no part in it; of stages that are unfrozen one after another, all
 * are by then, as that takes the most time and memory.
 *
 * @throws what `train` throws of the config and its data; the signal's reason, once it is aborted.
 */
export async function measureSteps(
  config: RunConfigInput,
  options: MeasureStepsOptions,
): Promise<StepMeasurement> {
  const { signal, durationMs = 2000, onGpu = false, loaderWorkers: workers } = options;
  const { usedBytes, totalBytes } = readSystemMemory();
  const availableMemoryBytes = totalBytes - usedBytes + process.memoryUsage.rss();
  const data = await openRunData(allThawed(RunConfig.parse(config)), options);
  const parts = await assembleRun(data, { resumeFrom: null, workers });
  const { model, optimizer, loader, averages, accumulate, freezing, rng } = parts;
  const wait = new DataWait();
  const stepsMs: number[] = [];
  let last = { atMs: performance.now(), waitedMs: 0 };
  let settledAtMs = Infinity;
  const timing: Callback = {
    name: "stepTimer",
    onStepEnd({ step, stop }) {
      const now = { atMs: performance.now(), waitedMs: wait.waitedMs };
      if (step > WARM_UP_STEPS) stepsMs.push(now.atMs - last.atMs - (now.waitedMs - last.waitedMs));
      else settledAtMs = now.atMs;
      last = now;
      if (stepsMs.length >= FEWEST_STEPS && now.atMs - settledAtMs >= durationMs) stop("measured");
    },
  };
  try {
    await fit({
      ...{ model, optimizer, loader, averages, accumulate, freezing, rng, wait },
      schedule: () => 0,
      epochs: Infinity,
      loss: createLoss(data.config.loss),
      clipping: data.config.gradientClipping,
      callbacks: [timing],
      ...(signal && { signal }),
    });
    signal?.throwIfAborted();
    const trainingImages = data.dataset.splits.train.length;
    const batchSize = Math.min(data.config.batchSize, trainingImages);
    const stepMs = medianOf(stepsMs);
    const gpuMemoryBytes = onGpu ? await readGpuMemory() : undefined;
    return {
      batchSize,
      trainingImages,
      steps: stepsMs.length,
      stepMs,
      imagesPerSecond: (1000 * Math.min(batchSize * accumulate, trainingImages)) / stepMs,
      peakMemoryBytes: readPeakMemory(),
      availableMemoryBytes,
      ...(gpuMemoryBytes !== undefined && { gpuMemoryBytes }),
    };
  } finally {
    await parts.dispose();
  }
}

/** As in a run's last epochs. */
export function allThawed(config: RunConfig): RunConfig {
  const { freeze, ...rest } = config;
  return freeze?.untilEpoch === undefined ? config : rest;
}

async function readGpuMemory(): Promise<number | undefined> {
  const gpu = new GpuWatch();
  await gpu.ask();
  return gpu.take().memoryBytes;
}
