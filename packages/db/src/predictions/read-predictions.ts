/**
 * What a run's network said about the pictures of a split: cells of its confusion matrix, and where two runs differ.
 * A page is filtered, sorted and cut within PostgreSQL, out of arrays of a few numbers per picture; the matrix of all
 * probabilities stays where it is. A probability that is NaN counts as the least sure, and comes last in every order.
 */
import { EvaluationReport } from "@convkit/schema";
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import { CursorNumber, CursorText, cutPage, decodeCursor } from "../page-cursor.js";

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
  readonly nextCursor?: string;
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
  /** Default 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before, in the same order. */
  readonly cursor?: string | undefined;
}

/** A probability as float8, which holds every float4, the picture's id, and its place, should two have one id. */
const PictureCursor = z.tuple([CursorNumber, CursorText, z.int()]);
/** The same of pictures that every run has once. */
const DisagreementCursor = z.tuple([CursorNumber, CursorText]);

/**
 * @throws {PredictionsNotFoundError}
 * @throws {CursorError}
 */
export async function listPictures(database: Database, query: PictureQuery): Promise<PicturePage> {
  const { runId, split, label, prediction, outcome, order = "confident", limit = 100, cursor } = query;
  const after = cursor === undefined ? null : decodeCursor(cursor, PictureCursor, "pictures");
  const [classNames] = await readClassNames(database, [runId], split);
  // Both keys ascend.
  const key =
    order === "confident"
      ? "-coalesce(nullif(probability::float8, 'NaN'), '-Infinity')"
      : "coalesce(nullif(probability::float8, 'NaN'), 'Infinity')";
  const { rows } = await connectionsOf(database).pool.query<Keyed<PredictedPicture & { place: number }>>(
    `WITH match AS (
       SELECT id COLLATE "C" AS id, label, prediction, probability::float8 AS probability,
         label_probability::float8 AS "labelProbability", ${key} AS key, place::int AS place
       FROM prediction CROSS JOIN LATERAL unnest(
         picture_ids, labels, predictions, prediction_probabilities, label_probabilities
       ) WITH ORDINALITY AS picture (id, label, prediction, probability, label_probability, place)
       WHERE run_id = $1 AND split = $2 AND ($3::int IS NULL OR label = $3) AND ($4::int IS NULL OR prediction = $4)
         AND ($5::bool IS NULL OR (label >= 0 AND (label = prediction) = $5))
     )
     SELECT counted.*, page.* FROM (SELECT count(*)::int AS total FROM match) AS counted
     LEFT JOIN (
       SELECT * FROM match WHERE $6::float8 IS NULL OR (key, id, place) > ($6, $7, $8::bigint)
       ORDER BY key, id, place LIMIT $9
     ) AS page ON true
     ORDER BY key, id, place`,
    [
      runId,
      split,
      label ?? null,
      prediction ?? null,
      outcome === undefined ? null : outcome === "right",
      after?.[0] ?? null,
      after?.[1] ?? null,
      after?.[2] ?? null,
      limit + 1,
    ],
  );
  const { rows: found, ...paging } = cutPage(withId(rows), limit, ({ key, id, place }) => [key, id, place]);
  const pictures = found.map(({ total: _, key: __, place: ___, ...picture }) => picture);
  return { classNames: classNames!, pictures, total: rows[0]!.total, ...paging };
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
  /** Absent on the last page. */
  readonly nextCursor?: string;
  readonly total: number;
  /** Pictures that all runs were judged on. */
  readonly shared: number;
}

export interface DisagreementQuery {
  /** Two or more. */
  readonly runIds: readonly string[];
  readonly split: string;
  /** Default 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** The predictions are of other classes: there is nothing to compare. */
export class ClassesDifferError extends Error {
  override readonly name = "ClassesDifferError";
}

/**
 * Pictures on which the runs do not agree, those first on which they are surest of different things.
 * @throws {PredictionsNotFoundError}
 * @throws {ClassesDifferError}
 * @throws {CursorError}
 */
export async function listDisagreements(
  database: Database,
  query: DisagreementQuery,
): Promise<DisagreementPage> {
  const { runIds, split, limit = 100, cursor } = query;
  const after = cursor === undefined ? null : decodeCursor(cursor, DisagreementCursor, "disagreements");
  const [classNames, ...others] = await readClassNames(database, runIds, split);
  if (!classNames) return { classNames: [], pictures: [], total: 0, shared: 0 };
  for (const [index, names] of others.entries()) {
    if (names.join("\n") === classNames.join("\n")) continue;
    throw new ClassesDifferError(
      `Expected runs with the classes ${classNames.join(", ")}. Received: ${runIds[index + 1]} with ` +
        `${names.join(", ")}.`,
    );
  }
  // Grouped rather than joined: PostgreSQL, which does not know how long the arrays are, would join in nested loops.
  const { rows } = await connectionsOf(database).pool.query<
    Keyed<Disagreement & { shared: number; differs: boolean }>
  >(
    `WITH shared AS (
       SELECT id COLLATE "C" AS id, min(prediction) <> max(prediction) AS differs,
         -min(coalesce(nullif(probability::float8, 'NaN'), '-Infinity')) AS key,
         (array_agg(label ORDER BY run))[1] AS label, array_agg(prediction ORDER BY run) AS predictions,
         array_agg(probability::float8 ORDER BY run) AS probabilities
       FROM unnest($1::text[]) WITH ORDINALITY AS asked (run_id, run) JOIN prediction USING (run_id)
       CROSS JOIN LATERAL unnest(picture_ids, labels, predictions, prediction_probabilities)
         AS picture (id, label, prediction, probability)
       WHERE split = $2 GROUP BY 1 HAVING count(*) = cardinality($1) AND count(DISTINCT run) = cardinality($1)
     )
     SELECT counted.*, page.* FROM (
       SELECT count(*)::int AS shared, count(*) FILTER (WHERE differs)::int AS total FROM shared
     ) AS counted
     LEFT JOIN (
       SELECT * FROM shared WHERE differs AND ($3::float8 IS NULL OR (key, id) > ($3, $4)) ORDER BY key, id LIMIT $5
     ) AS page ON true
     ORDER BY key, id`,
    [runIds, split, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
  const { total, shared } = rows[0]!;
  const { rows: found, ...paging } = cutPage(withId(rows), limit, ({ key, id }) => [key, id]);
  const pictures = found.map(({ id, label, predictions, probabilities }) => ({
    id,
    label,
    predictions,
    probabilities,
  }));
  return { classNames, pictures, total, shared, ...paging };
}

/** A row of a page with what all pages have in common; `id` is null where the page has no rows. */
type Keyed<Row> = Row & { readonly total: number; readonly key: number };

/** The row that only says how many there are stands for none. */
const withId = <Row extends { id: string | null }>(rows: readonly Row[]) =>
  rows.filter(({ id }) => id !== null);

/** In the order of the runs. */
async function readClassNames(
  database: Database,
  runIds: readonly string[],
  split: string,
): Promise<string[][]> {
  const { rows } = await connectionsOf(database).pool.query<{ runId: string; classNames: string[] }>(
    `SELECT run_id AS "runId", class_names AS "classNames" FROM prediction
     WHERE run_id = ANY ($1) AND split = $2 AND picture_ids IS NOT NULL`,
    [runIds, split],
  );
  return runIds.map((runId) => {
    const found = rows.find((row) => row.runId === runId);
    if (found) return found.classNames;
    throw new PredictionsNotFoundError(
      `Expected a run that was judged on ${split}. Received: ${runId}, of which there are no such predictions. ` +
        "A run is judged when it completes; convkit evaluate judges it again. Where pictures have any number of labels, its report " +
        "and predictions.bin have all there is.",
    );
  });
}
