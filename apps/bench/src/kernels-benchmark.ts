/**
 * Convolution kernels of the native backend against the FMA peak. The peak is measured anew before every turn of
 * every kernel: on a shared machine it is another one a moment later.
 */
import { isaName, getThreadCount, measureFmaPeak } from "@convkit/tfjs-backend-native";
import { openEngine } from "@convkit/engine";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import {
  CONVOLUTION_BATCH_SIZE,
  CONVOLUTIONS,
  type Convolution,
  flopsOf,
  nameOfConvolution,
  outSizeOf,
} from "./convolutions.js";
import { type BenchmarkResult, formatSpread, verdict } from "./report.js";
import { type Spread, spreadOf } from "./statistics.js";

/** Of a kernel's turn and of the peak's before it: in unequal ones other work on the machine would weigh unequally. */
const TURN_MS = 40;

/** One of the three kernels of a convolution. */
interface KernelCase {
  readonly convolution: Convolution;
  readonly kernel: "forward" | "input gradient" | "filter gradient";
  readonly run: () => void;
}

interface KernelData {
  readonly convolution: string;
  readonly kernel: KernelCase["kernel"];
  /** Of the direct sum, whichever way it is computed. */
  readonly gflops: Spread;
  /** Over the FMA peak of the same moment. */
  readonly shareOfPeak: Spread;
  readonly target: number;
  readonly verdict: ReturnType<typeof verdict>;
}

/** @throws {EngineUnavailableError} if this machine has no native backend. */
export async function measureKernels(rounds: number): Promise<BenchmarkResult> {
  await openEngine("native");
  const cases = CONVOLUTIONS.flatMap(kernelCases);
  for (const { run } of cases) run();
  const peaks: number[] = [];
  const turns = cases.map(() => ({ gflops: [] as number[], shares: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { convolution, run }] of cases.entries()) {
      const peak = measureFmaPeak(TURN_MS);
      const gflops = flopsOf(convolution) / secondsPerRun(run) / 1e9;
      peaks.push(peak);
      turns[i]!.gflops.push(gflops);
      turns[i]!.shares.push(gflops / peak);
    }
  }
  const data = cases.map(({ convolution, kernel }, i): KernelData => {
    const shareOfPeak = spreadOf(turns[i]!.shares);
    const { target } = convolution;
    return {
      convolution: nameOfConvolution(convolution),
      kernel,
      gflops: spreadOf(turns[i]!.gflops),
      shareOfPeak,
      target,
      verdict: verdict(shareOfPeak.median, target),
    };
  });
  return kernelsResult(data, spreadOf(peaks));
}

function kernelsResult(data: readonly KernelData[], fmaPeakGflops: Spread): BenchmarkResult {
  const [isa, threads] = [isaName(), getThreadCount()];
  return {
    title: "Convolution kernels",
    notes: [
      `Batch ${CONVOLUTION_BATCH_SIZE}, float32, ${threads} threads, ${isa}, \`same\` padding.`,
      `FMA peak, measured before every turn: ${formatSpread(fmaPeakGflops, 0)} GFLOP/s.`,
      "GFLOP/s count the direct sum, 2·N·OH·OW·K·KH·KW·C.",
      "3×3 with stride 1 runs as Winograd F(2×2, 3×3), which takes 2.25 times fewer multiplications, so it may exceed 100 %.",
    ],
    columns: ["convolution", "kernel", "GFLOP/s", "% of FMA peak", "target"],
    rows: data.map(({ convolution, kernel, gflops, shareOfPeak, target, verdict: outcome }) => [
      convolution,
      kernel,
      formatSpread(gflops, 0),
      formatSpread(percent(shareOfPeak), 1),
      `${(target * 100).toFixed(0)} %: ${outcome}`,
    ]),
    data: { isa, threads, batchSize: CONVOLUTION_BATCH_SIZE, fmaPeakGflops, kernels: data },
  };
}

/** The kernels are called as gradients call them, past the ops' checks; the inputs live as long as the process. */
function kernelCases(convolution: Convolution): KernelCase[] {
  const { kernelSize, strides, inChannels, outChannels, size } = convolution;
  const outSize = outSizeOf(convolution);
  const inputShape = [CONVOLUTION_BATCH_SIZE, size, size, inChannels];
  const filterShape = [kernelSize, kernelSize, inChannels, outChannels];
  const x = randomTensor(inputShape);
  const filter = randomTensor(filterShape);
  const dy = randomTensor([CONVOLUTION_BATCH_SIZE, outSize, outSize, outChannels]);
  const attrs = { strides, pad: "same", dataFormat: "NHWC", dilations: 1 };
  const runner = (name: string, inputs: tf.NamedTensorMap, more: object) => () =>
    tf.dispose(tf.engine().runKernel(name, inputs, { ...attrs, ...more }));
  return [
    { convolution, kernel: "forward", run: runner(tf.Conv2D, { x, filter }, {}) },
    {
      convolution,
      kernel: "input gradient",
      run: runner(tf.Conv2DBackpropInput, { dy, filter }, { inputShape }),
    },
    {
      convolution,
      kernel: "filter gradient",
      run: runner(tf.Conv2DBackpropFilter, { x, dy }, { filterShape }),
    },
  ];
}

function randomTensor(shape: number[]): tf.Tensor {
  const rng = Rng.fromSeed(0);
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * rng.uniform() - 1);
  return tf.tensor(values, shape);
}

function secondsPerRun(run: () => void): number {
  const startedAtMs = performance.now();
  let runs = 0;
  let elapsedMs: number;
  do {
    run();
    runs++;
    elapsedMs = performance.now() - startedAtMs;
  } while (elapsedMs < TURN_MS);
  return elapsedMs / 1000 / runs;
}

function percent({ rounds, ...quantiles }: Spread): Spread {
  const { median, lowerQuartile, upperQuartile } = quantiles;
  return {
    median: median * 100,
    lowerQuartile: lowerQuartile * 100,
    upperQuartile: upperQuartile * 100,
    rounds,
  };
}
