/** A run's pictures as its network sees them, brought onto a plane, each with its nearest training pictures. */
import { nearestNeighbours, projectFeatures } from "@convkit/evaluator/explain";
import type { Projection } from "@convkit/schema";
import { withJudgedRun, type JudgedRunOptions } from "./judged-run.js";
import { NothingToJudgeError } from "./judge.js";
import { runFeatures, type RunFeaturesOptions } from "./run-features.js";

/** Pictures of the judged split: what a page can draw, and a file of some megabytes hold. */
const MOST_PICTURES = 10_000;
const MOST_TRAINING = 2000;
const NEIGHBOURS = 5;
/** UMAP needs neighbours. */
const LEAST_FOR_UMAP = 3;

export type ProjectRunOptions = JudgedRunOptions & RunFeaturesOptions;

export interface ProjectRunResult {
  readonly projection: Projection;
  readonly path: string;
  readonly remarks: readonly string[];
}

/**
 * Writes artifacts/projection.json: of the test pictures, or the validation pictures where there are none.
 *
 * @throws {NothingToJudgeError} if there are neither.
 */
export function projectRun(runDirectory: string, options: ProjectRunOptions): Promise<ProjectRunResult> {
  return withJudgedRun(runDirectory, options, async (run) => {
    const { signal, onProgress } = options;
    const { splits, classNames } = run.data.dataset;
    const all = splits.test ?? splits.validation;
    if (!all) {
      throw new NothingToJudgeError(
        `Expected test or validation pictures. Received: ${run.folder.runId}, whose data set has training pictures alone.`,
      );
    }
    const judged = all.take(MOST_PICTURES);
    const train = splits.train.take(MOST_TRAINING);
    const rows = await runFeatures(run, judged, options);
    const trained = await runFeatures(run, train, options);
    const rng = run.rng.split("projection");
    const tell = (text: string): void => {
      signal?.throwIfAborted();
      onProgress?.(text);
    };
    tell("principal components");
    const pca = await projectFeatures(rows, {
      method: "pca",
      rng: rng.split("pca"),
      onEpoch: (iteration) => tell(`principal components: iteration ${iteration}`),
    });
    const umap =
      rows.length < LEAST_FOR_UMAP
        ? undefined
        : await projectFeatures(rows, {
            method: "umap",
            rng: rng.split("umap"),
            labels: judged.labels,
            onEpoch: (epoch) => tell(`UMAP: epoch ${epoch}`),
          });
    const neighbours = await nearestNeighbours(trained, rows, NEIGHBOURS);
    const projection: Projection = {
      formatVersion: 1,
      split: judged.name,
      classNames: [...classNames],
      ids: [...judged.ids],
      labels: [...judged.labels],
      pca: { x: pca.x.map(short), y: pca.y.map(short), explained: pca.explained! },
      ...(umap && { umap: { indices: umap.indices, x: umap.x.map(short), y: umap.y.map(short) } }),
      neighbours: {
        split: train.name,
        ids: [...train.ids],
        labels: [...train.labels],
        of: neighbours.map((nearest) => nearest.map(({ index }) => index)),
        similarity: neighbours.map((nearest) => nearest.map(({ similarity }) => short(similarity))),
      },
    };
    // On one line: ten thousand pictures' numbers, each on a line of its own, would be twice the file.
    const bytes = new TextEncoder().encode(JSON.stringify(projection));
    const path = await run.saveArtifact("projection.json", bytes);
    return { projection, path, remarks: run.remarks };
  });
}

/** Four digits: more than a plane shows. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
