/**
 * Puts a run's predictions and report, as its folder holds them, into the record: one row of parallel arrays, a number
 * per picture for what galleries show, next to the matrix that only questions about every class read.
 */
import { type EvaluationReport, stringifyWithSpelledNumbers, type Predictions } from "@convkit/schema";
import type { PoolClient } from "pg";
import { storable, storableText } from "../ingest/storable-event.js";

/**
 * Those of the same split are replaced. Predictions of label sets stay in their file alone: galleries, matrices and
 * disagreements need one class a picture.
 */
export async function storePredictions(
  client: PoolClient,
  runId: string,
  predictions: Predictions,
): Promise<void> {
  const { split, classNames, ids, labels, labelSets, probabilities } = predictions;
  if (labelSets) return;
  const classes = classNames.length;
  const predicted = mostProbable(probabilities, classes);
  const probabilityOf = (index: number, picture: number) => probabilities[picture * classes + index];
  await client.query(
    `INSERT INTO prediction (run_id, split, class_names, picture_ids, labels, predictions, probabilities,
       prediction_probabilities, label_probabilities)
     SELECT id, $2, $3, $4, $5, $6, $7, $8, $9 FROM run WHERE id = $1
     ON CONFLICT (run_id, split) DO UPDATE SET class_names = excluded.class_names, picture_ids = excluded.picture_ids,
       labels = excluded.labels, predictions = excluded.predictions, probabilities = excluded.probabilities,
       prediction_probabilities = excluded.prediction_probabilities,
       label_probabilities = excluded.label_probabilities`,
    [
      runId,
      storableText(split),
      classNames.map(storableText),
      ids.map(storableText),
      `{${labels.join(",")}}`,
      predicted,
      `{${probabilities.join(",")}}`,
      `{${predicted.map(probabilityOf).join(",")}}`,
      `{${Array.from(labels, (label, picture) => (label < 0 ? "NULL" : probabilityOf(label, picture))).join(",")}}`,
    ],
  );
}

/** It belongs to the predictions of its split, with which it is written. */
export async function storeReport(
  client: PoolClient,
  runId: string,
  received: EvaluationReport,
): Promise<void> {
  const report = storable(received);
  await client.query(
    `INSERT INTO prediction (run_id, split, class_names, report) SELECT id, $2, $3, $4 FROM run WHERE id = $1
     ON CONFLICT (run_id, split) DO UPDATE SET report = excluded.report`,
    [runId, report.split, report.classNames, stringifyWithSpelledNumbers(report)],
  );
}

function mostProbable(probabilities: Float32Array, classes: number): number[] {
  const found: number[] = [];
  for (let row = 0; row < probabilities.length; row += classes) {
    let best = 0;
    for (let index = 1; index < classes; index += 1) {
      if (probabilities[row + index]! > probabilities[row + best]!) best = index;
    }
    found.push(best);
  }
  return found;
}
