/** A command's work on an opened data set: how far it is shows on the terminal, and Ctrl-C ends it in good order. */
import type { ImageDataset, OpenDatasetOptions } from "@convkit/data";
import type { DataSpec } from "@convkit/schema";
import { addDatasetHint } from "../config/dataset-hints.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import type { LineWriter } from "../display/line-writer.js";
import { watchInterrupts } from "../process/interrupts.js";
import { InterruptedError } from "../process/process-errors.js";
import type { CommandContext } from "./command-context.js";

export interface DatasetWork {
  readonly context: CommandContext;
  /** Where progress shows; closed at the end. Without one none is shown. */
  readonly writer: LineWriter | undefined;
  /** Said where the user stops it: what is left of what was done. */
  readonly stopped: string;
}

/** What the data set was opened with, for what is done with it next. */
export type DatasetOptions = Required<Pick<OpenDatasetOptions, "home" | "signal" | "onProgress">>;

/**
 * @throws {InterruptedError} once a signal has ended it. The second signal ends the process: another that does the same
 * finds that this one is gone, and takes its place.
 */
export async function withDataset<Result>(
  data: DataSpec,
  { context, writer, stopped }: DatasetWork,
  work: (dataset: ImageDataset, options: DatasetOptions) => Promise<Result>,
): Promise<Result> {
  const { listDatasets, openDataset } = await import("@convkit/data");
  const stopping = new AbortController();
  const interrupts = watchInterrupts({
    stop: (reason) => stopping.abort(reason),
    kill: () => process.exit(interrupts.exitCode),
  });
  const options: DatasetOptions = {
    home: context.home,
    signal: stopping.signal,
    onProgress: (progress) => writer && showDataProgress(progress, writer, context.colors),
  };
  try {
    return await work(await openDataset(data, options), options);
  } catch (error) {
    if (interrupts.exitCode === undefined) throw addDatasetHint(error, data.source, listDatasets());
    throw new InterruptedError(stopped, interrupts.exitCode);
  } finally {
    writer?.close();
    interrupts.release();
  }
}
