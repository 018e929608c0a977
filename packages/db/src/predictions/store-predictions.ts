/** Puts a run's predictions and report, as its folder holds them, into the record. */
import { type EvaluationReport, stringifyWithSpelledNumbers, type Predictions } from "@convkit/schema";
import type { PoolClient } from "pg";
import { storable, storableText } from "../ingest/storable-event.js";

/** Those of the same split are replaced. */
export async function storePredictions(
  client: PoolClient,
  runId: string,
  predictions: Predictions,
): Promise<void> {
  const { split, classNames, ids, labels, probabilities } = predictions;
  await client.query(
    `INSERT INTO prediction (run_id, split, class_names, picture_ids, labels, predictions, probabilities)
     SELECT id, $2, $3, $4, $5, $6, $7 FROM run WHERE id = $1
     ON CONFLICT (run_id, split) DO UPDATE SET class_names = excluded.class_names, picture_ids = excluded.picture_ids,
       labels = excluded.labels, predictions = excluded.predictions, probabilities = excluded.probabilities`,
    [
      runId,
      storableText(split),
      classNames.map(storableText),
      ids.map(storableText),
      `{${labels.join(",")}}`,
      mostProbable(probabilities, classNames.length),
      `{${probabilities.join(",")}}`,
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
