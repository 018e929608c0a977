/** Which batch sizes were tried, what a step of each took, and which one to train with, in a terminal. */
import type { BatchSizeLimit, BatchSizeSearch, BatchSizeTrial } from "@convkit/trainer";
import { formatBytes, formatFigure, formatTable } from "./format.js";
import type { Colors } from "./text-display.js";

export function describeBatchSizes({ trials, suggestion, limit }: BatchSizeSearch, colors: Colors): string[] {
  const onGpu = trials.some((trial) => "measurement" in trial && trial.measurement.gpuMemoryBytes);
  const header = ["batch size", "pictures/s", "step", "memory", ...(onGpu ? ["GPU memory"] : [])];
  const [titles, ...rows] = formatTable([header, ...trials.map((trial) => rowOf(trial, onGpu))]);
  const failures = trials.flatMap((trial) =>
    "tooLarge" in trial ? [colors.dim(`batch size ${trial.batchSize}: ${trial.tooLarge}`)] : [],
  );
  const label = colors.bold("suggestion");
  return [
    colors.bold(titles),
    ...rows,
    ...failures,
    "",
    ...(suggestion === null
      ? [`${label}  none: not even one picture a step fits. Smaller pictures or a smaller network need less.`]
      : [
          `${label}  ${colors.green(`--batch-size ${suggestion}`)}: ${whyNoLarger(limit)}`,
          colors.dim(
            `            Another batch size wants another learning rate: convkit lr-find … --batch-size ${suggestion}`,
          ),
        ]),
  ];
}

function rowOf(trial: BatchSizeTrial, onGpu: boolean): string[] {
  const size = String(trial.batchSize);
  if ("tooLarge" in trial) return [size, "–", "–", "too little", ...(onGpu ? ["–"] : [])];
  const { imagesPerSecond, stepMs, peakMemoryBytes, availableMemoryBytes, gpuMemoryBytes } =
    trial.measurement;
  return [
    size,
    formatFigure(imagesPerSecond),
    `${formatFigure(stepMs)} ms`,
    `${formatBytes(peakMemoryBytes)} of ${formatBytes(availableMemoryBytes)}`,
    ...(onGpu ? [gpuMemoryBytes === undefined ? "–" : formatBytes(gpuMemoryBytes)] : []),
  ];
}

function whyNoLarger(limit: BatchSizeLimit): string {
  switch (limit.name) {
    case "speed": {
      const percent = (100 * Math.abs(limit.gain)).toFixed(1);
      return `with ${limit.batchSize} it is ${percent} % ${limit.gain < 0 ? "slower" : "faster"}.`;
    }
    case "memory":
      return limit.expectedBytes === undefined
        ? `${limit.batchSize} does not fit into memory.`
        : `${limit.batchSize} would take about ${formatBytes(limit.expectedBytes)} of memory, which is too much here.`;
    case "pictures":
      return "twice as many pictures as that are not there to train on.";
    case "most":
      return "larger ones were not asked for.";
    default:
      return limit satisfies never;
  }
}
