/** `convkit predict`: what a run's network sees in pictures: the likeliest classes, or of label sets every label by itself. */
import { join } from "node:path";
import type { DecodedImage } from "@convkit/data";
import type { Classifier } from "@convkit/models";
import type { EnginePreference, ModelCard } from "@convkit/schema";
import type { Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import { formatPercent } from "../display/format.js";
import { EXIT_CODES } from "../exit-codes.js";
import { findRun } from "../run/find-run.js";
import { checkClassifier } from "../run/unfinished-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const TOP = 5;
/** From which probability on a label counts as there. */
const LABEL_THRESHOLD = 0.5;
/** Decoded photographs are large: so many lie in memory at once. */
const GROUP_SIZE = 8;

const EXAMPLES = `
Examples:
  convkit predict latest cat.jpg dog.png
  convkit predict latest photos/*.jpg --json`;

interface PicturePrediction {
  readonly image: string;
  /** The most probable classes, best first; of a network of label sets all labels, whose probabilities do not sum to 1. */
  readonly classes: readonly PredictedClass[];
}

interface PredictedClass {
  readonly className: string;
  readonly probability: number;
  /** Of a network of label sets: whether the picture is said to have the label. */
  readonly isThere?: boolean;
}

interface FailedPicture {
  readonly image: string;
  readonly error: Error;
}

export function addPredictCommand(program: Command, context: CommandContext): void {
  program
    .command("predict")
    .description(
      `names the ${TOP} likeliest classes of each picture; of label sets every label, those from 50 % on marked`,
    )
    .argument("<run>", "id, beginning of an id, `latest`, or folder")
    .argument("<image...>", "JPEG, PNG or WebP files")
    .option(
      "--engine <name>",
      "auto, tensorflow-gpu, tensorflow, native, wasm or cpu",
      parseEngineFlag,
      "auto",
    )
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES)
    .action(async (run: string, images: string[], flags: { engine: EnginePreference; json: boolean }) => {
      const directory = await findRun(run, context.home);
      await checkClassifier(directory, context.home);
      for await (const outcome of predictPictures(directory, images, flags.engine)) {
        if ("error" in outcome) {
          context.exit(EXIT_CODES.data);
          showFailure(outcome, context, flags.json);
        } else if (flags.json) printJson(context, { type: "prediction", ...outcome });
        else print(context, describe(outcome, context));
      }
    });
}

/** In the order of the paths, group by group; a file that is no picture spoils no other's prediction. */
async function* predictPictures(
  directory: string,
  paths: readonly string[],
  preference: EnginePreference,
): AsyncGenerator<PicturePrediction | FailedPicture> {
  const { openEngine } = await import("@convkit/engine");
  await openEngine(preference, { training: false });
  const { loadClassifier } = await import("@convkit/models");
  const { decodeImage, decodeOptionsOf } = await import("@convkit/data");
  const classifier = await loadClassifier(join(directory, "model"));
  const options = decodeOptionsOf(classifier.card);
  const decode = (path: string) => decodeImage(path, options).catch((error: unknown) => error as Error);
  try {
    for (let start = 0; start < paths.length; start += GROUP_SIZE) {
      const group = paths.slice(start, start + GROUP_SIZE);
      const pictures = await Promise.all(group.map(decode));
      const rows = (await classify(classifier, pictures.filter(isPicture)))[Symbol.iterator]();
      for (const [index, picture] of pictures.entries()) {
        const image = group[index] as string;
        const row = isPicture(picture) ? (rows.next().value as Float32Array | Error) : picture;
        yield row instanceof Error
          ? { image, error: row }
          : { image, classes: classesOf(row, classifier.card) };
      }
    }
  } finally {
    classifier.dispose();
  }
}

function isPicture(decoded: DecodedImage | Error): decoded is DecodedImage {
  return !(decoded instanceof Error);
}

/** @returns a row of probabilities per picture, or why the network cannot take it. */
async function classify(
  classifier: Classifier,
  pictures: readonly DecodedImage[],
): Promise<(Float32Array | Error)[]> {
  const classes = classifier.card.classNames.length;
  try {
    const probabilities = await classifier.predict(pictures);
    return pictures.map((_, i) => probabilities.subarray(i * classes, (i + 1) * classes));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ClassifierInputError") throw error;
    if (pictures.length === 1) return [error];
    const rows: (Float32Array | Error)[] = [];
    for (const picture of pictures) rows.push(...(await classify(classifier, [picture])));
    return rows;
  }
}

function showFailure({ image, error }: FailedPicture, context: CommandContext, json: boolean): void {
  const { name, message } = error;
  if (json) printJson(context, { type: "error", image, name, message, exitCode: EXIT_CODES.data });
  else context.stderr.write(`error  ${image}: ${message}\n`);
}

function classesOf(probabilities: Float32Array, { classNames, output }: ModelCard): PredictedClass[] {
  const sorted = classNames
    .map((className, index) => ({ className, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  if (output !== "binary-logits") return sorted.slice(0, TOP);
  return sorted.map((label) => ({ ...label, isThere: label.probability >= LABEL_THRESHOLD }));
}

function describe({ image, classes }: PicturePrediction, { colors }: CommandContext): string[] {
  const width = Math.max(...classes.map(({ className }) => className.length));
  const lines = classes.map(({ className, probability, isThere }) => {
    const mark = isThere === undefined ? "" : isThere ? "✓ " : "  ";
    return `  ${formatPercent(probability).padStart(7)}  ${mark}${className.padEnd(width)}`;
  });
  return [colors.bold(image), ...lines.map((line) => line.trimEnd())];
}
