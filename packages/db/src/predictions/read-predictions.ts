/** What a run's network said about the pictures of a split: cells of its confusion matrix, and where two runs differ. */
import { EvaluationReport } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import { readFloat32Array } from "../series/array-send.js";

/** The run was not judged on that split, or its predictions are not here yet. */
export class PredictionsNotFoundError extends Error {
  override readonly name = "PredictionsNotFoundError";
}

export interface PredictedPicture {
  readonly id: string;
  /** Class index; -1 where it is unknown. */
  readonly label: number;
  readonly prediction: number;
  /** Of the prediction. */
  readonly probability: number;
  /** Of the label; null where it is unknown. */
  readonly labelProbability: number | null;
}

export interface PicturePage {
  readonly classNames: readonly string[];
  readonly pictures: readonly PredictedPicture[];
  /** Absent on the last page. */
  readonly nextCursor?: number;
  /** Pictures that match, on all pages. */
  readonly total: number;
}

export interface PictureQuery {
  readonly runId: string;
  readonly split: string;
  /** Only pictures of this class, by index. */
  readonly label?: number | undefined;
  /** Only pictures predicted as this class. */
  readonly prediction?: number | undefined;
  /** `wrong` or `right` only; both if left out. */
  readonly outcome?: "wrong" | "right" | undefined;
  /** Default `confident`: the surest first. `uncertain`: the least sure first. */
  readonly order?: "confident" | "uncertain" | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: number | undefined;
}

interface Judged {
  readonly classNames: string[];
  readonly pictureIds: string[];
  readonly labels: number[];
  readonly predictions: number[];
  readonly probabilities: Float32Array;
}

/** @throws {PredictionsNotFoundError} */
export async function listPictures(database: Database, query: PictureQuery): Promise<PicturePage> {
  const judged = await readJudged(database, query.runId, query.split);
  const { label, prediction, outcome, order = "confident", limit = 100, cursor = 0 } = query;
  const matches: PredictedPicture[] = [];
  for (let index = 0; index < judged.labels.length; index += 1) {
    const picture = pictureAt(judged, index);
    const isRight = picture.label === picture.prediction;
    if (label !== undefined && picture.label !== label) continue;
    if (prediction !== undefined && picture.prediction !== prediction) continue;
    if (outcome !== undefined && (picture.label < 0 || isRight !== (outcome === "right"))) continue;
    matches.push(picture);
  }
  const sign = order === "confident" ? -1 : 1;
  matches.sort((a, b) => sign * (a.probability - b.probability) || (a.id < b.id ? -1 : 1));
  const next = cursor + limit;
  return {
    classNames: judged.classNames,
    pictures: matches.slice(cursor, next),
    total: matches.length,
    ...(next < matches.length && { nextCursor: next }),
  };
}

/** @returns null if the run was not judged on that split. */
export async function getReport(
  database: Database,
  runId: string,
  split: string,
): Promise<EvaluationReport | null> {
  const { rows } = await connectionsOf(database).pool.query<{ report: unknown }>(
    "SELECT report FROM prediction WHERE run_id = $1 AND split = $2",
    [runId, split],
  );
  const report = rows[0]?.report;
  return report === null || report === undefined ? null : EvaluationReport.parse(report);
}

export interface Disagreement {
  readonly id: string;
  readonly label: number;
  /** In the order of the runs. */
  readonly predictions: readonly number[];
  readonly probabilities: readonly number[];
}

export interface DisagreementPage {
  readonly classNames: readonly string[];
  readonly pictures: readonly Disagreement[];
  readonly nextCursor?: number;
  readonly total: number;
  /** Pictures that all runs were judged on. */
  readonly shared: number;
}

export interface DisagreementQuery {
  /** Two or more. */
  readonly runIds: readonly string[];
  readonly split: string;
  readonly limit?: number | undefined;
  readonly cursor?: number | undefined;
}

/** The predictions are of other classes: there is nothing to compare. */
export class ClassesDifferError extends Error {
  override readonly name = "ClassesDifferError";
}

/**
 * Pictures on which the runs do not agree, those first on which they are surest of different things.
 * @throws {PredictionsNotFoundError}
 * @throws {ClassesDifferError}
 */
export async function listDisagreements(
  database: Database,
  query: DisagreementQuery,
): Promise<DisagreementPage> {
  const { runIds, split, limit = 100, cursor = 0 } = query;
  const [first, ...others] = await Promise.all(runIds.map((id) => readJudged(database, id, split)));
  if (!first) return { classNames: [], pictures: [], total: 0, shared: 0 };
  for (const [index, { classNames }] of others.entries()) {
    if (classNames.join("\n") === first.classNames.join("\n")) continue;
    throw new ClassesDifferError(
      `Expected runs with the classes ${first.classNames.join(", ")}. Received: ${runIds[index + 1]} with ` +
        `${classNames.join(", ")}.`,
    );
  }
  const places = others.map(({ pictureIds }) => new Map(pictureIds.map((id, index) => [id, index])));
  let shared = 0;
  const found: (Disagreement & { sureness: number })[] = [];
  for (const [index, id] of first.pictureIds.entries()) {
    const indices = [index, ...places.map((place) => place.get(id))];
    if (indices.includes(undefined)) continue;
    shared += 1;
    const pictures = [first, ...others].map((judged, run) => pictureAt(judged, indices[run]!));
    const predictions = pictures.map(({ prediction }) => prediction);
    if (new Set(predictions).size === 1) continue;
    const probabilities = pictures.map(({ probability }) => probability);
    const sureness = Math.min(...probabilities);
    found.push({ id, label: pictures[0]!.label, predictions, probabilities, sureness });
  }
  found.sort((a, b) => b.sureness - a.sureness || (a.id < b.id ? -1 : 1));
  const next = cursor + limit;
  return {
    classNames: first.classNames,
    pictures: found.slice(cursor, next).map(({ sureness: _, ...picture }) => picture),
    total: found.length,
    shared,
    ...(next < found.length && { nextCursor: next }),
  };
}

function pictureAt(judged: Judged, index: number): PredictedPicture {
  const { classNames, pictureIds, labels, predictions, probabilities } = judged;
  const [label, prediction] = [labels[index]!, predictions[index]!];
  const row = index * classNames.length;
  return {
    id: pictureIds[index]!,
    label,
    prediction,
    probability: probabilities[row + prediction]!,
    labelProbability: label < 0 ? null : probabilities[row + label]!,
  };
}

async function readJudged(database: Database, runId: string, split: string): Promise<Judged> {
  const { rows } = await connectionsOf(database).pool.query<
    Omit<Judged, "probabilities"> & { probabilities: Buffer }
  >(
    `SELECT class_names AS "classNames", picture_ids AS "pictureIds", labels, predictions,
       array_send(probabilities) AS probabilities
     FROM prediction WHERE run_id = $1 AND split = $2 AND picture_ids IS NOT NULL`,
    [runId, split],
  );
  const row = rows[0];
  if (row) return { ...row, probabilities: readFloat32Array(row.probabilities) };
  throw new PredictionsNotFoundError(
    `Expected a run that was judged on ${split}. Received: ${runId}, of which there are no such predictions. ` +
      "A run is judged when it completes; convkit evaluate judges it again.",
  );
}
