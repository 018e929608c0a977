/**
 * Judging a trained network on the pictures kept for it, and writing what that gives into the run's folder:
 * predictions.bin, report.json, report.md, report.html, model/.
 */
import type { DatasetSplit } from "@convkit/data";
import { evaluate, renderHtml, renderMarkdown, type ReportContext } from "@convkit/evaluator";
import { countParameters, saveClassifier } from "@convkit/models";
import type { Rng } from "@convkit/random";
import {
  encodePredictions,
  stringifyWithSpelledNumbers,
  type EvaluationReport,
  type ModelCard,
  type Predictions,
  type TransformSpec,
} from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { loadCheckpoint } from "./checkpoint.js";
import { assignVariables, weightsByName } from "./named-tensors.js";
import { pngDataUrl, thumbnail } from "./png.js";
import { predict } from "./predict.js";
import { replaceFile } from "./replace-file.js";
import type { RunData } from "./run-data.js";
import { nameOfModel } from "./run-facts.js";
import { openEvaluationLoader } from "./run-parts.js";
import type { RunFolder } from "./run-folder.js";

/** Pixels; the gallery shows the pictures smaller still. */
const LONGEST_THUMBNAIL_SIDE = 128;

export interface JudgeOptions {
  readonly data: RunData;
  readonly rng: Rng;
  /** What the reports say beside the judgement. */
  readonly context: ReportContext;
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The run has no best checkpoint yet. */
export class NothingToJudgeError extends Error {
  override readonly name = "NothingToJudgeError";
}

/**
 * The split to judge on: the test pictures. Without any, the validation pictures stand in, which have already chosen
 * the checkpoint, so that the judgement is kinder than it should be.
 */
function splitToJudge({ dataset }: RunData): DatasetSplit | undefined {
  return dataset.splits.test ?? dataset.splits.validation;
}

/**
 * Puts the best checkpoint's weights into the model and judges it.
 *
 * @returns undefined if there are no pictures to judge on.
 * @throws {NothingToJudgeError} if no epoch of the run has ended.
 * @throws the signal's reason, once it is aborted.
 */
export async function judgeBest(
  model: tf.LayersModel,
  folder: RunFolder,
  { data, rng, context, workers, signal }: JudgeOptions,
): Promise<EvaluationReport | undefined> {
  const best = await loadCheckpoint(folder.bestCheckpoint);
  if (!best) {
    throw new NothingToJudgeError(
      `Expected a run with a best checkpoint. Received: ${folder.runId}, whose first epoch has not ended. ` +
        "Resume it first.",
    );
  }
  assignVariables(weightsByName(model), best.weights);
  const split = splitToJudge(data);
  if (!split) return undefined;
  const { classNames } = data.dataset;
  const loader = await openEvaluationLoader(data, split, { rng, workers });
  let predictions: Predictions;
  try {
    predictions = await predict(model, loader, { split: split.name, classNames, signal });
  } finally {
    await loader.close();
  }
  const report = evaluate(predictions);
  const images = await picturesOf(report, split);
  await replaceFile(folder.predictions, encodePredictions(predictions));
  await replaceFile(folder.report("md"), renderMarkdown(report, context));
  await replaceFile(folder.report("html"), renderHtml({ ...context, report, images }));
  await saveClassifier(model, cardOf(model, report, { data, runId: folder.runId }), folder.model);
  // Last: whoever sees it finds the others there too.
  await replaceFile(folder.report("json"), `${stringifyWithSpelledNumbers(report, 2)}\n`);
  return report;
}

/** Id → data URL, of the mistakes the report shows. */
async function picturesOf(report: EvaluationReport, split: DatasetSplit): Promise<Map<string, string>> {
  const positions = new Map(split.ids.map((id, position) => [id, position]));
  const urls = new Map<string, string>();
  for (const { id } of report.worstMistakes) {
    const { images, shape } = await split.readImages([positions.get(id)!]);
    urls.set(id, pngDataUrl(thumbnail({ ...shape, data: images }, LONGEST_THUMBNAIL_SIDE)));
  }
  return urls;
}

function cardOf(
  model: tf.LayersModel,
  report: EvaluationReport,
  { data, runId }: { data: RunData; runId: string },
): ModelCard {
  const { config, dataset } = data;
  const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
  return {
    formatVersion: 1,
    name: config.name ?? nameOfModel(config.model),
    classNames: [...dataset.classNames],
    inputShape: [height, width, channels],
    preprocessing: preprocessingOf(data),
    output: "logits",
    parameters: countParameters(model).total,
    runId,
    dataset: { name: dataset.name, contentHash: dataset.contentHash },
    metrics: { accuracy: report.accuracy, loss: report.loss },
  };
}

/**
 * From a decoded picture of any size to the network's input: what reading the data set did to it (the same
 * resize), then the evaluation transforms.
 */
function preprocessingOf({ dataset, config }: RunData): TransformSpec[] {
  const { imageShape } = dataset;
  const { evaluation } = config.transforms;
  if (!imageShape) return evaluation;
  return [{ name: "Resize", size: [imageShape[0], imageShape[1]] }, ...evaluation];
}
