/** A run's labels reviewed from end to end: judged out of fold, compared for copies, kept as an artifact and as a manifest. */
import { readFile } from "node:fs/promises";
import { decodePredictions, type LabelReview, type Predictions } from "@convkit/schema";
import type { InspectOptions } from "@convkit/data";
import type { JudgedRun } from "@convkit/trainer";
import { ConfigError } from "../config/config-error.js";
import { joinPredictions, outOfFoldPredictions, type FoldRunsOptions } from "./fold-runs.js";
import { reviewLabels } from "./review-labels.js";

export interface ReviewRunOptions extends FoldRunsOptions {
  /** Manifest to write, to correct labels in. */
  readonly file: string | undefined;
  readonly onDataProgress: InspectOptions["onProgress"];
}

export interface ReviewedLabels {
  readonly review: LabelReview;
  /** Of the artifact. */
  readonly path: string;
  readonly remarks: readonly string[];
}

/**
 * @throws {ConfigError} if the run's pictures have any number of labels, if there are none to judge, or, before anything is
 *   trained, if its pictures are no files that a manifest could list.
 */
export async function reviewRun(run: JudgedRun, options: ReviewRunOptions): Promise<ReviewedLabels> {
  const { checkManifest, inspectDataset, writeManifest } = await import("@convkit/data");
  const { dataset } = run.data;
  const { file, home, signal, folds, onDataProgress } = options;
  if (dataset.isMultiLabel) {
    throw new ConfigError(
      `Expected a run whose pictures are of one class each, to review their labels. Received: ${run.folder.runId}, whose pictures ` +
        "have any number of them.",
    );
  }
  if (file !== undefined) checkManifest(dataset, file);
  const inspection = await inspectDataset(dataset, { home, signal, onProgress: onDataProgress });
  const predictions = await judgedPredictions(run, options);
  const { runId } = run.folder;
  const { review, ranked } = reviewLabels(predictions, { runId, folds, dataset, inspection });
  const path = await run.saveArtifact("label-review.json", review);
  if (file !== undefined) {
    const judged = ranked.map(({ id, quality, isSuspect, suggestion }) => {
      return [id, { quality, ...(isSuspect && { suggestion: dataset.classNames[suggestion]! }) }] as const;
    });
    await writeManifest(dataset, file, { review: new Map(judged) });
  }
  return { review, path, remarks: run.remarks };
}

/** What the run has learnt from by the folds' networks, what it was judged on by its own. */
async function judgedPredictions(run: JudgedRun, options: ReviewRunOptions): Promise<Predictions> {
  const own = await ownPredictions(run);
  if (options.folds === 0) {
    if (own) return own;
    throw new ConfigError(
      `Expected a run that was judged, for --folds 0. Received: ${run.folder.runId}, without pictures for that. Leave --folds out: ` +
        "networks are then trained that judge what it has learnt from.",
    );
  }
  const outOfFold = await outOfFoldPredictions(run, options);
  // Validation pictures are in a fold.
  return own?.split === "test" ? joinPredictions("all", [outOfFold, own]) : outOfFold;
}

async function ownPredictions({ folder }: JudgedRun): Promise<Predictions | undefined> {
  try {
    return decodePredictions(await readFile(folder.predictions));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
