/**
 * Convolution kernels of the native backend against the FMA peak. The peak is measured anew before every turn of
 * every kernel: on a shared machine it is another one a moment later.
 */
import {
  bf16Units,
  getThreadCount,
  isaName,
  measureFmaPeak,
  setPrecision,
} from "@convkit/tfjs-backend-native";
import { EngineUnavailableError, openEngine } from "@convkit/engine";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import {
  CONVOLUTION_BATCH_SIZE,
  CONVOLUTIONS,
  type Convolution,
  flopsOf,
  nameOfConvolution,
  outSizeOf,
  shareOfProductsDone,
} from "./convolutions.js";
import { type BenchmarkResult, formatSpread, type Verdict, verdict } from "./report.js";
import { type Spread, spreadOf } from "./statistics.js";

/** Of a kernel's turn and of the peak's before it: in unequal ones other work on the machine would weigh unequally. */
const TURN_MS = 40;

/** One of the three kernels of a convolution. */
interface KernelCase {
  readonly convolution: Convolution;
  readonly kernel: "forward" | "input gradient" | "filter gradient";
  readonly run: () => void;
}

interface KernelSpeed {
  /** Of the direct sum, whichever way it is computed. */
  readonly gflops: Spread;
  /** Over the FMA peak of the same moment. */
  readonly shareOfPeak: Spread;
  /** The same, counting the products that were really taken. */
  readonly shareOfPeakDone: Spread;
  /** How many times as fast in bfloat16, in the turn after. Null where there is none. */
  readonly bf16Ratio: Spread | null;
}

type KernelData = (KernelSpeed | { readonly notMeasured: string }) & {
  readonly convolution: string;
  readonly kernel: KernelCase["kernel"];
  readonly target: number | null;
  /** Null if nothing is promised. */
  readonly verdict: Verdict | null;
};

/** Without a native backend every target is reported as not measured. */
export async function measureKernels(rounds: number): Promise<BenchmarkResult> {
  try {
    await openEngine("native");
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    return kernelsNotMeasured(error.reason);
  }
  const cases = CONVOLUTIONS.flatMap(kernelCases);
  for (const { run } of cases) run();
  const peaks: number[] = [];
  const turns = cases.map(() => ({ gflops: [] as number[], shares: [] as number[], ratios: [] as number[] }));
  const [bf16] = bf16Units();
  for (let round = 0; round < rounds; round++) {
    for (const [i, { convolution, run }] of cases.entries()) {
      const peak = measureFmaPeak(TURN_MS);
      // The pool has given up the memory of its result since, and fresh pages may cost more than the kernel.
      run();
      const gflops = flopsOf(convolution) / secondsPerRun(run) / 1e9;
      peaks.push(peak);
      turns[i]!.gflops.push(gflops);
      turns[i]!.shares.push(gflops / peak);
      if (bf16 === undefined) continue;
      setPrecision("bf16");
      run();
      turns[i]!.ratios.push(flopsOf(convolution) / secondsPerRun(run) / 1e9 / gflops);
      setPrecision("f32");
    }
  }
  const kernels = cases.map(({ convolution, kernel }, i) => {
    const shareOfPeak = spreadOf(turns[i]!.shares);
    return kernelData(convolution, kernel, {
      gflops: spreadOf(turns[i]!.gflops),
      shareOfPeak,
      shareOfPeakDone: scale(shareOfPeak, shareOfProductsDone(convolution)),
      bf16Ratio: bf16 === undefined ? null : spreadOf(turns[i]!.ratios),
    });
  });
  const [isa, threads, fmaPeakGflops] = [isaName(), getThreadCount(), spreadOf(peaks)];
  return {
    ...kernelsTable(kernels),
    notes: [
      `Batch ${CONVOLUTION_BATCH_SIZE}, float32, ${threads} threads, ${isa}, \`same\` padding.`,
      `FMA peak, measured before every turn: ${formatSpread(fmaPeakGflops, 0)} GFLOP/s.`,
      "Before every turn the kernel runs once untimed, so that the memory of its result is there, as it is in training.",
      "GFLOP/s and % of FMA peak count the direct sum, 2·N·OH·OW·K·KH·KW·C.",
      "3×3 with stride 1 and 16 channels or more runs as Winograd F(2×2, 3×3), which takes up to 2.25 times fewer multiplications, so it may exceed 100 %; the next column counts those that it takes, tiles at the edges whole.",
      bf16 === undefined
        ? "This CPU has no bf16."
        : `bf16 by ${bf16}, in a turn of its own after that of float32: strides and few channels stay in float32.`,
    ],
    data: { isa, bf16: bf16 ?? null, threads, batchSize: CONVOLUTION_BATCH_SIZE, fmaPeakGflops, kernels },
  };
}

function kernelsNotMeasured(reason: string): BenchmarkResult {
  const kernels = CONVOLUTIONS.flatMap((convolution) =>
    kernelsOf(convolution).map((kernel) => kernelData(convolution, kernel, { notMeasured: reason })),
  );
  return { ...kernelsTable(kernels), notes: [`not measured: ${reason}`], data: { kernels } };
}

function kernelData(
  convolution: Convolution,
  kernel: KernelCase["kernel"],
  outcome: KernelSpeed | { readonly notMeasured: string },
): KernelData {
  const { target } = convolution;
  const reached = "notMeasured" in outcome ? null : outcome.shareOfPeak.median;
  return {
    convolution: nameOfConvolution(convolution),
    kernel,
    ...outcome,
    target,
    verdict: target === null ? null : verdict(reached, target),
  };
}

function kernelsTable(kernels: readonly KernelData[]): Pick<BenchmarkResult, "title" | "columns" | "rows"> {
  return {
    title: "Convolution kernels",
    columns: [
      "convolution",
      "kernel",
      "GFLOP/s",
      "% of FMA peak",
      "% in products taken",
      "bf16, times as fast",
      "target",
    ],
    rows: kernels.map((data) => [
      data.convolution,
      data.kernel,
      ...("notMeasured" in data
        ? ["not measured", "", "", ""]
        : [
            formatSpread(data.gflops, 0),
            formatSpread(scale(data.shareOfPeak, 100), 1),
            formatSpread(scale(data.shareOfPeakDone, 100), 1),
            data.bf16Ratio === null ? "" : formatSpread(data.bf16Ratio, 2),
          ]),
      data.target === null ? "" : `${(data.target * 100).toFixed(0)} %: ${data.verdict}`,
    ]),
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
  const runs = {
    forward: runner(tf.Conv2D, { x, filter }, {}),
    "input gradient": runner(tf.Conv2DBackpropInput, { dy, filter }, { inputShape }),
    "filter gradient": runner(tf.Conv2DBackpropFilter, { x, dy }, { filterShape }),
  } satisfies Record<KernelCase["kernel"], () => void>;
  return kernelsOf(convolution).map((kernel) => ({ convolution, kernel, run: runs[kernel] }));
}

function kernelsOf({ isFirstLayer = false }: Convolution): KernelCase["kernel"][] {
  return isFirstLayer ? ["forward", "filter gradient"] : ["forward", "input gradient", "filter gradient"];
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

function scale({ median, lowerQuartile, upperQuartile, rounds }: Spread, factor: number): Spread {
  return {
    median: median * factor,
    lowerQuartile: lowerQuartile * factor,
    upperQuartile: upperQuartile * factor,
    rounds,
  };
}
