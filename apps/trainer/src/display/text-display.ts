/** A training run for people: what was opened, one line an epoch, a bar where the output is a terminal. */
import type { TrainEvent } from "@convkit/schema";
import type picocolors from "picocolors";
import { describeEvent, longWaitOf } from "./describe-event.js";
import { describeEngine, describeResult } from "./describe-run.js";
import { showDataProgress } from "./describe-data-progress.js";
import { formatDuration, formatLoss, formatPercent } from "./format.js";
import { createLineWriter } from "./line-writer.js";
import { ProgressEstimate, type Progress } from "./progress-estimate.js";
import type { RunDisplay } from "./run-display.js";

export type Colors = ReturnType<typeof picocolors.createColors>;

const BAR_WIDTH = 24;
const WAIT_HINT =
  "        Pictures come more slowly than they are learnt from. Smaller ones (data.imageSize), a data set of pictures resized\n" +
  "        beforehand or lighter transforms would help; a program may give `train` more loaderWorkers.";

export interface TextDisplayOptions {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly colors: Colors;
  /** Absolute path of the folder with `runs/`. */
  readonly home: string;
}

/** @param started of a run that goes on, how it once began. */
export function createTextDisplay(options: TextDisplayOptions, started?: TrainEvent): RunDisplay {
  const { stdout, stderr, colors } = options;
  const writer = createLineWriter(stdout);
  const estimate = new ProgressEstimate();
  const print = (lines: readonly string[]): void => lines.forEach((line) => writer.print(line));
  let isHinted = false;
  const show = (event: TrainEvent): void => {
    const progress = estimate.update(event);
    if (progress) writer.status(describeProgress(progress, colors));
    print(describeEvent(event, colors));
    // The first epoch decodes what later ones have in memory.
    if (!isHinted && event.type === "epochEnded" && event.epoch > 1 && longWaitOf(event) !== null) {
      writer.print(colors.dim(WAIT_HINT));
      isHinted = true;
    }
  };
  if (started) show(started);
  return {
    message(message) {
      switch (message.type) {
        case "engine":
          return print(describeEngine(message.engine, colors));
        case "dataProgress":
          return showDataProgress(message.progress, writer, colors);
        case "note":
          return writer.print(colors.yellow(message.text));
        case "event":
          return show(message.event);
        default:
          message satisfies never;
      }
    },
    note: (text) => writer.print(colors.yellow(text)),
    output: (line) => writer.print(colors.dim(line), stderr),
    result(result) {
      writer.close();
      print(describeResult(result, options));
    },
    close: () => writer.close(),
  };
}

/** Where a run stands, for a status that is redrawn. */
export function describeProgress(progress: Progress, colors: Colors): string {
  const { done, epoch, epochs, loss, accuracy, imagesPerSecond, timeLeftMs, budgetMs } = progress;
  const filled = Math.round(BAR_WIDTH * done);
  const bar = colors.green("━".repeat(filled)) + colors.dim("━".repeat(BAR_WIDTH - filled));
  const of = budgetMs === null ? "" : ` of ${formatDuration(budgetMs)}`;
  const left = timeLeftMs === null ? "" : `  ${formatDuration(timeLeftMs)} left${of}`;
  return (
    `epoch ${epoch}/${epochs} ${bar} ${Math.floor(100 * done)} %  ` +
    `${Math.round(imagesPerSecond)} img/s  loss ${formatLoss(loss)}  accuracy ${formatPercent(accuracy)}${left}`
  );
}
