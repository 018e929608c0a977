-- AlterTable
ALTER TABLE "prediction" ADD COLUMN     "label_probabilities" REAL[],
ADD COLUMN     "prediction_probabilities" REAL[];

-- Of the rows that are there. An array in a variable of PL/pgSQL is indexed at once; in SQL every index would read all
-- of the matrix.
DO $$
DECLARE
  judged record;
  classes int;
  of_prediction real[];
  of_label real[];
  matrix real[];
  labels int[];
  predictions int[];
BEGIN
  FOR judged IN SELECT "run_id", "split" FROM "prediction" WHERE "picture_ids" IS NOT NULL LOOP
    SELECT cardinality(p."class_names"), p."labels", p."predictions", p."probabilities"
      INTO classes, labels, predictions, matrix
      FROM "prediction" AS p WHERE p."run_id" = judged."run_id" AND p."split" = judged."split";
    of_prediction := '{}';
    of_label := '{}';
    FOR i IN 1 .. cardinality(predictions) LOOP
      of_prediction[i] := matrix[(i - 1) * classes + predictions[i] + 1];
      of_label[i] := CASE WHEN labels[i] >= 0 THEN matrix[(i - 1) * classes + labels[i] + 1] END;
    END LOOP;
    UPDATE "prediction" SET "prediction_probabilities" = of_prediction, "label_probabilities" = of_label
      WHERE "run_id" = judged."run_id" AND "split" = judged."split";
  END LOOP;
END
$$;

-- It read the matrix once for every picture.
CREATE OR REPLACE VIEW "predicted_picture" AS
SELECT
  prediction."run_id",
  prediction."split",
  picture."id" AS "picture_id",
  prediction."class_names"[picture."label" + 1] AS "label",
  prediction."class_names"[picture."guess" + 1] AS "prediction",
  picture."probability"
FROM "prediction" AS prediction
CROSS JOIN LATERAL unnest(
  prediction."picture_ids",
  prediction."labels",
  prediction."predictions",
  prediction."prediction_probabilities"
) AS picture("id", "label", "guess", "probability");
