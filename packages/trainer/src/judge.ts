/**
 * What a run ends with: its network as a classifier, model/, and the judgement on the pictures kept for that,
 * predictions.bin, report.json, report.md, report.html; of the validation pictures, where they are others,
 * predictions-validation.bin and the temperature that they tell.
 */
import { encodePixels, type DatasetSplit } from "@convkit/data";
import {
  confusedPairs,
  evaluate,
  fitTemperature,
  picturesShown,
  renderHtml,
  renderMarkdown,
  renderModelCard,
  type ReportContext,
} from "@convkit/evaluator";
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
import { weightsToJudge, type Checkpoint } from "./checkpoint.js";
import { bestCheckpoint, type IntactCheckpoint } from "./intact-checkpoint.js";
import { slicesOf } from "./judged-slices.js";
import { assignVariables, weightsByName } from "./named-tensors.js";
import { predict } from "./predict.js";
import { replaceFile } from "./replace-file.js";
import type { RunData } from "./run-data.js";
import { figuresOf, nameOfModel } from "./run-facts.js";
import { openEvaluationLoader } from "./run-parts.js";
import type { RunFolder } from "./run-folder.js";

export interface JudgeOptions {
  /** Whose weights are judged. */
  readonly checkpoint: Checkpoint;
  readonly data: RunData;
  /** By which it is judged; by the validation pictures where there are no test pictures. */
  readonly pictures: "test" | "validation";
  readonly rng: Rng;
  /** What the reports say beside the judgement. */
  readonly context: ReportContext;
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The run has no weights to judge yet, or there are no pictures to judge them on. */
export class NothingToJudgeError extends Error {
  override readonly name = "NothingToJudgeError";
}

/**
 * The best checkpoint. Where no epoch was best, since what was watched was never a number, or since the run was stopped
 * in its first epoch, or where its checkpoint is damaged, the newest one.
 *
 * @returns which it is, and in words which were damaged.
 * @throws {NothingToJudgeError} if no epoch of the run has ended, and nobody stopped it.
 */
export async function checkpointToJudge(
  folder: RunFolder,
): Promise<IntactCheckpoint & { readonly damaged: readonly string[] }> {
  const { found, damaged } = await bestCheckpoint(folder);
  if (found && (found.name === "best" || isJudgeable(found.checkpoint))) return { ...found, damaged };
  throw new NothingToJudgeError(
    [
      ...damaged,
      `Expected a run of which an epoch has ended. Received: ${folder.runId}, of which none has. ` +
        `Resume it first: convkit resume ${folder.runId}`,
    ].join(" "),
  );
}

function isJudgeable({ state: { epoch, stopReason } }: Checkpoint): boolean {
  return epoch > 1 || stopReason !== null;
}

/**
 * Puts the checkpoint's weights into the model and saves it as a classifier; judges it and writes the reports where
 * there are pictures for that: the test pictures; else, or if so asked, the validation pictures, which have already chosen
 * the checkpoint, so that the judgement is kinder than it should be.
 *
 * Where they do not judge, the validation pictures tell the temperature of the network (`fitTemperature`), for its card and its
 * report; not where they cannot tell it, since they are too few or all of them are right. A run that trains on all pictures, as some
 * recipes do, has no validation pictures and no temperature: none can be had from pictures that were trained on, nor from those that
 * it is to be judged by.
 *
 * @returns undefined if there are no pictures to judge on.
 * @throws the signal's reason, once it is aborted.
 */
export async function judge(
  model: tf.LayersModel,
  folder: RunFolder,
  { checkpoint, data, pictures, rng, context, workers, signal }: JudgeOptions,
): Promise<EvaluationReport | undefined> {
  assignVariables(weightsByName(model), weightsToJudge(checkpoint));
  const { test, validation } = data.dataset.splits;
  const split = (pictures === "test" ? test : undefined) ?? validation;
  const save = (report?: EvaluationReport, temperature?: ModelCard["temperature"]): Promise<void> => {
    const card = cardOf(model, { data, runId: folder.runId, report, temperature });
    const readme = (previous: string | undefined): string =>
      renderModelCard({ card, report, run: context.run, dataset: data.card, previous });
    return saveClassifier(model, card, folder.model, { readme });
  };
  if (!split) {
    await save();
    return undefined;
  }
  const predictionsOf = (of: DatasetSplit) => predictSplit(model, data, of, { rng, workers, signal });
  const predictions = await predictionsOf(split);
  const ofValidation = validation && validation !== split ? await predictionsOf(validation) : undefined;
  const temperature = ofValidation && temperatureOf(ofValidation);
  const report = {
    ...evaluate(predictions, { temperature }),
    ...(await slicesOf(predictions, split, signal)),
  };
  const pairs = confusedPairs(predictions);
  const images = await picturesOf(picturesShown(report, pairs), split);
  await replaceFile(folder.predictions, encodePredictions(predictions));
  if (ofValidation) await replaceFile(folder.validationPredictions, encodePredictions(ofValidation));
  await replaceFile(folder.report("md"), renderMarkdown(report, context));
  await replaceFile(folder.report("html"), renderHtml({ ...context, report, pairs, images }));
  await save(report, temperature);
  // Last: whoever sees it finds the others there too.
  await replaceFile(folder.report("json"), `${stringifyWithSpelledNumbers(report, 2)}\n`);
  return report;
}

async function predictSplit(
  model: tf.LayersModel,
  data: RunData,
  split: DatasetSplit,
  { rng, workers, signal }: Pick<JudgeOptions, "rng" | "workers" | "signal">,
): Promise<Predictions> {
  const loader = await openEvaluationLoader(data, split, { rng, workers });
  try {
    const { testTimeAugmentation } = data.config;
    const { classNames } = data.dataset;
    return await predict(model, loader, { split: split.name, classNames, testTimeAugmentation, signal });
  } finally {
    await loader.close();
  }
}

/** Undefined where the pictures do not tell it. */
function temperatureOf(predictions: Predictions): ModelCard["temperature"] {
  if (!predictions.labelSets && predictions.labels.every((label) => label < 0)) return undefined;
  const { value, isAtBound, count } = fitTemperature(predictions);
  return isAtBound ? undefined : { value, split: predictions.split, count };
}

/** Id → data URL. */
async function picturesOf(ids: readonly string[], split: DatasetSplit): Promise<Map<string, string>> {
  const positions = new Map(split.ids.map((id, position) => [id, position]));
  const urls = new Map<string, string>();
  for (const id of ids) {
    const { images, shape } = await split.readImages([positions.get(id)!]);
    const webp = await encodePixels({ ...shape, data: images });
    urls.set(id, `data:image/webp;base64,${webp.toString("base64")}`);
  }
  return urls;
}

function cardOf(
  model: tf.LayersModel,
  {
    data,
    runId,
    report,
    temperature,
  }: {
    data: RunData;
    runId: string;
    report?: EvaluationReport | undefined;
    temperature?: ModelCard["temperature"] | undefined;
  },
): ModelCard {
  const { config, dataset } = data;
  const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
  return {
    formatVersion: 1,
    name: config.name ?? nameOfModel(config.model),
    classNames: [...dataset.classNames],
    inputShape: [height, width, channels],
    preprocessing: preprocessingOf(data),
    output: dataset.isMultiLabel ? "binary-logits" : "logits",
    ...(config.testTimeAugmentation && { testTimeAugmentation: config.testTimeAugmentation }),
    ...(temperature && { temperature }),
    parameters: countParameters(model).total,
    runId,
    dataset: { name: dataset.name, contentHash: dataset.contentHash },
    metrics: report ? figuresOf(report) : {},
  };
}

/**
 * From a decoded picture of any size to the network's input: what reading the data set did to it (the same
 * resize), then the evaluation transforms.
 */
function preprocessingOf({ dataset, config }: RunData): TransformSpec[] {
  const { imageShape, imageFit: fit } = dataset;
  const { evaluation } = config.transforms;
  if (!imageShape) return evaluation;
  return [{ name: "Resize", size: [imageShape[0], imageShape[1]], ...(fit && { fit }) }, ...evaluation];
}
