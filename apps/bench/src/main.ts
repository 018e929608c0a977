/** `pnpm bench`: measures what the command line names, prints tables, and writes JSON if asked to. */
import { parseBenchArguments, USAGE, UsageError } from "./bench-arguments.js";
import { type Benchmarks, runBenchmarks } from "./run-benchmarks.js";

/** Loaded one by one: tfjs in this process would weigh on the first measurements, which need none of it. */
const benchmarks: Benchmarks = {
  step: async (rounds) => (await import("./step-benchmark.js")).measureStep(rounds),
  recipe: async (rounds) => (await import("./recipe-benchmark.js")).measureRecipe(rounds),
  memory: async (rounds) => (await import("./memory-benchmark.js")).measureMemory(rounds),
  scaling: async (rounds) => (await import("./scaling-benchmark.js")).measureScaling(rounds),
  loader: async (rounds) => (await import("./loader-benchmark.js")).measureLoader(rounds),
  transforms: async (rounds) => (await import("./transforms-benchmark.js")).measureTransforms(rounds),
  kernels: async (rounds) => (await import("./kernels-benchmark.js")).measureKernels(rounds),
  dashboard: async (rounds) => (await import("./dashboard-benchmark.js")).measureDashboard(rounds),
  recording: async (rounds) => (await import("./recording-benchmark.js")).measureRecording(rounds),
  pages: async (rounds) => (await import("./pages-benchmark.js")).measurePages(rounds),
};

const args = process.argv.slice(2);
try {
  const isComplete = await runBenchmarks(benchmarks, {
    ...parseBenchArguments(args),
    command: ["pnpm bench", ...args].join(" "),
    print: (text) => console.log(text),
  });
  if (!isComplete) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
