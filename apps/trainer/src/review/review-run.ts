/** A run's labels reviewed from end to end: judged out of fold, compared for copies, kept as an artifact and as a manifest. */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { decodePredictions, type LabelReview, type LabelSetReview, type Predictions } from "@convkit/schema";
import type { ImageDataset, InspectOptions, ManifestReview, ReviewColumns } from "@convkit/data";
import type { JudgedRun } from "@convkit/trainer";
import { sayIfUnwritable } from "../commands/output-file.js";
import { ConfigError } from "../config/config-error.js";
import { joinPredictions, outOfFoldPredictions, type FoldRunsOptions } from "./fold-runs.js";
import { reviewLabels, reviewLabelSets, type ReviewedRun } from "./review-labels.js";

export interface ReviewRunOptions extends FoldRunsOptions {
  /** Manifest to write, to correct labels in. */
  readonly file: string | undefined;
  /** Folder for the pictures of the manifest that are no files of their own; left out: named after the manifest, beside it. */
  readonly pictures: string | undefined;
  readonly onDataProgress: InspectOptions["onProgress"];
}

export interface ExportedReview {
  readonly file: string;
  /** Where pictures were written as files of their own. */
  readonly pictures?: string;
  /** What columns of the review are called. */
  readonly columns: ReviewColumns;
}

export interface ReviewedLabels {
  readonly review: LabelReview | LabelSetReview;
  /** Of the artifact. */
  readonly path: string;
  readonly exported?: ExportedReview | undefined;
  readonly remarks: readonly string[];
}

/**
 * @throws {ConfigError} if there are no pictures to judge, or a folder is named for
 *   pictures that are files of their own already.
 * @throws {DatasetFormatError} before anything is trained, if the manifest or the pictures' files could not be written.
 * @throws {DiskSpaceError} likewise, if the pictures do not fit.
 */
export async function reviewRun(run: JudgedRun, options: ReviewRunOptions): Promise<ReviewedLabels> {
  const { inspectDataset, writeManifest } = await import("@convkit/data");
  const { dataset } = run.data;
  const { file, home, signal, folds, onDataProgress } = options;
  const extracted = file === undefined ? undefined : await prepareManifest(dataset, { ...options, file });
  const inspection = await inspectDataset(dataset, { home, signal, onProgress: onDataProgress });
  const predictions = await judgedPredictions(run, options);
  const { runId } = run.folder;
  const { review, artifact, judged } = dataset.isMultiLabel
    ? reviewSets(predictions, { runId, folds, dataset, inspection })
    : reviewClasses(predictions, { runId, folds, dataset, inspection });
  const path = await run.saveArtifact(artifact, review);
  if (file === undefined) return { review, path, remarks: run.remarks };
  const { columns } = await writeManifest(dataset, file, {
    review: new Map(judged),
    paths: extracted?.paths,
  });
  const exported = { file, ...(extracted && { pictures: extracted.folder }), columns: columns! };
  return { review, path, exported, remarks: run.remarks };
}

interface Reviewed {
  readonly review: LabelReview | LabelSetReview;
  /** Its name. */
  readonly artifact: string;
  readonly judged: ReadonlyMap<string, ManifestReview>;
}

function reviewClasses(predictions: Predictions, reviewed: ReviewedRun): Reviewed {
  const { classNames } = reviewed.dataset;
  const { review, ranked } = reviewLabels(predictions, reviewed);
  const judged = ranked.map(({ id, quality, isSuspect, suggestion }) => {
    return [id, { quality, ...(isSuspect && { suggestion: classNames[suggestion]! }) }] as const;
  });
  return { review, artifact: "label-review.json", judged: new Map(judged) };
}

function reviewSets(predictions: Predictions, reviewed: ReviewedRun): Reviewed {
  const { classNames } = reviewed.dataset;
  const { review, ranked } = reviewLabelSets(predictions, reviewed);
  const judged = ranked.map(({ id, quality, suspects }) => {
    const named = (isThere: boolean) =>
      suspects.flatMap((each) => (each.isThere === isThere ? [classNames[each.label]!] : []));
    return [id, { quality, add: named(false), remove: named(true) }] as const;
  });
  return { review, artifact: "label-set-review.json", judged: new Map(judged) };
}

/** Pictures that are no files become such: before hours of training, so that a full disk is told of at once. */
async function prepareManifest(
  dataset: ImageDataset,
  { file, pictures, signal, onDataProgress }: ReviewRunOptions & { readonly file: string },
): Promise<{ folder: string; paths: ReadonlyMap<string, string> } | undefined> {
  const { checkManifest, extractPictures, isOfFiles } = await import("@convkit/data");
  if (isOfFiles(dataset)) {
    checkManifest(dataset, file);
    if (pictures === undefined) return undefined;
    throw new ConfigError(
      `Expected pictures that lie together in larger files, for --pictures. Received: ${dataset.name}, whose pictures are files of ` +
        "their own, which the manifest names where they lie. Leave --pictures out.",
    );
  }
  const folder = pictures ?? join(dirname(file), `${parse(file).name}-pictures`);
  await sayIfUnwritable("--pictures", () => mkdir(folder, { recursive: true }));
  return { folder, paths: await extractPictures(dataset, folder, { signal, onProgress: onDataProgress }) };
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
