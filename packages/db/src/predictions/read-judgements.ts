/** What runs said of all pictures of a split, for comparisons: a few numbers per picture, without the matrix of all probabilities. */
import { RunConfig } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import { PredictionsNotFoundError } from "./read-predictions.js";

export interface RunJudgements {
  readonly id: string;
  /** As it was trained, under the name that it bears now. */
  readonly config: RunConfig;
  /** All arrays are in the order of `ids`. */
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

interface Row {
  readonly id: string;
  readonly name: string;
  readonly config: unknown;
  readonly classNames: string[];
  readonly ids: string[];
  readonly labels: number[];
  readonly predictions: number[];
  readonly labelProbabilities: (number | null)[];
}

/**
 * @returns in the order of the runs.
 * @throws {PredictionsNotFoundError} naming the first run without predictions of one class a picture on that split.
 */
export async function readJudgements(
  database: Database,
  { runIds, split }: { readonly runIds: readonly string[]; readonly split: string },
): Promise<RunJudgements[]> {
  const { rows } = await connectionsOf(database).pool.query<Row>(
    `SELECT run.id, run.name, run.config, class_names AS "classNames", picture_ids AS ids, labels, predictions,
       label_probabilities AS "labelProbabilities"
     FROM prediction JOIN run ON run.id = prediction.run_id
     WHERE run_id = ANY ($1) AND split = $2 AND picture_ids IS NOT NULL`,
    [runIds, split],
  );
  return runIds.map((runId) => {
    const found = rows.find(({ id }) => id === runId);
    if (!found)
      throw new PredictionsNotFoundError(
        `Expected a run that was judged on ${split}. Received: ${runId}, of which there are no such predictions. ` +
          "A run is judged when it completes; convkit evaluate judges it again. Runs whose pictures have any number of labels are " +
          "compared by convkit compare.",
      );
    const { id, name, config, ...judgements } = found;
    return {
      id,
      config: { ...RunConfig.parse(config), name: name === id ? undefined : name },
      judgements: { split, ...judgements },
    };
  });
}
