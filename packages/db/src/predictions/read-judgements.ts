/**
 * What runs said of all pictures of a split, for comparisons: a few numbers per picture, without the matrix of all probabilities. Of
 * label sets, which have no rows in the record, the file that the run kept.
 */
import { buffer } from "node:stream/consumers";
import { decodePredictions, PredictionsFormatError, RunConfig, type Predictions } from "@convkit/schema";
import type { BlobStore } from "../blobs/blob-store.js";
import { connectionsOf, type Database } from "../database.js";
import { findArtifact, type StoredArtifact } from "../runs/find-artifact.js";
import { PredictionsNotFoundError } from "./read-predictions.js";

interface TrainedRun {
  readonly id: string;
  /** As it was trained, under the name that it bears now. */
  readonly config: RunConfig;
}

/** All arrays are in the order of `ids`. */
interface ClassJudgementsOfRun extends TrainedRun {
  readonly judgements: {
    readonly split: string;
    readonly classNames: readonly string[];
    readonly ids: readonly string[];
    /** Class index; -1 where it is unknown. */
    readonly labels: readonly number[];
    readonly predictions: readonly number[];
    /** Of the label; null where it is unknown. */
    readonly labelProbabilities: readonly (number | null)[];
  };
}

/** Of pictures that have any number of labels. Nobody has looked at the probabilities. */
interface LabelSetsOfRun extends TrainedRun {
  readonly predictions: Predictions;
}

export type RunJudgements = ClassJudgementsOfRun | LabelSetsOfRun;

interface ReadJudgementsOptions {
  readonly runIds: readonly string[];
  readonly split: string;
  readonly blobs: BlobStore;
}

const FILE = "predictions.bin";
/** Of all runs together: they go whole through the server's memory. */
const MOST_BYTES = 64_000_000;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly config: unknown;
  readonly classNames: string[];
  readonly ids: string[];
  /** null of a run of which there is no row of pictures. */
  readonly labels: number[] | null;
  readonly predictions: number[];
  readonly labelProbabilities: (number | null)[];
}

/**
 * @returns in the order of the runs.
 * @throws {PredictionsNotFoundError} naming the first run without predictions on that split; or before any is read, if files of label sets are too
 *   large together.
 */
export async function readJudgements(
  database: Database,
  { runIds, split, blobs }: ReadJudgementsOptions,
): Promise<RunJudgements[]> {
  const { rows } = await connectionsOf(database).pool.query<Row>(
    `SELECT run.id, run.name, run.config, class_names AS "classNames", picture_ids AS ids, labels, predictions,
       label_probabilities AS "labelProbabilities"
     FROM run LEFT JOIN prediction ON run.id = prediction.run_id AND split = $2 AND picture_ids IS NOT NULL
     WHERE run.id = ANY ($1)`,
    [runIds, split],
  );
  const files = await findLabelSets(
    database,
    rows.flatMap(({ id, labels }) => (labels ? [] : [id])),
  );
  const runs: RunJudgements[] = [];
  for (const runId of runIds) {
    const found = rows.find(({ id }) => id === runId);
    if (!found) throw notJudged(runId, split);
    const { id, name, config, labels, ...judgements } = found;
    const trained = { id, config: { ...RunConfig.parse(config), name: name === id ? undefined : name } };
    if (labels) {
      runs.push({ ...trained, judgements: { split, labels, ...judgements } });
    } else {
      const file = files.get(id);
      const predictions = file && (await readLabelSets(blobs, file));
      if (predictions?.split !== split) throw notJudged(runId, split);
      runs.push({ ...trained, predictions });
    }
  }
  return runs;
}

/** The files of those that have one. */
async function findLabelSets(
  database: Database,
  runIds: readonly string[],
): Promise<Map<string, StoredArtifact>> {
  const files = new Map<string, StoredArtifact>();
  let sizeBytes = 0;
  for (const runId of runIds) {
    const file = await findArtifact(database, runId, FILE);
    if (!file) continue;
    files.set(runId, file);
    sizeBytes += file.sizeBytes;
  }
  if (sizeBytes > MOST_BYTES)
    throw new PredictionsNotFoundError(
      `Expected at most ${MOST_BYTES / 1e6} MB in ${FILE} of label sets, of all runs together. ` +
        `Received: ${(sizeBytes / 1e6).toFixed(1)} MB, of ${[...files.keys()].join(", ")}. convkit compare compares them.`,
    );
  return files;
}

/** Undefined where they are none. */
async function readLabelSets(blobs: BlobStore, file: StoredArtifact): Promise<Predictions | undefined> {
  try {
    const predictions = decodePredictions(await buffer(await blobs.read(file.sha256)));
    return predictions.labelSets ? predictions : undefined;
  } catch (error) {
    if (error instanceof PredictionsFormatError) return undefined;
    throw error;
  }
}

const notJudged = (runId: string, split: string) =>
  new PredictionsNotFoundError(
    `Expected a run that was judged on ${split}. Received: ${runId}, of which there are no such predictions. ` +
      "A run is judged when it completes; convkit evaluate judges it again.",
  );
