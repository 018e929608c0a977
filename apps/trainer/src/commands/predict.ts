/** `convkit predict`: what a run's network sees in pictures. */
import { join } from "node:path";
import type { EnginePreference } from "@convkit/schema";
import type { Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import { formatPercent } from "../display/format.js";
import { findRun } from "../run/find-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const TOP = 5;

const EXAMPLES = `
Examples:
  convkit predict latest cat.jpg dog.png
  convkit predict latest photos/*.jpg --json`;

export interface PicturePrediction {
  readonly image: string;
  /** The most probable classes, best first. */
  readonly classes: readonly { readonly className: string; readonly probability: number }[];
}

export function addPredictCommand(program: Command, context: CommandContext): void {
  program
    .command("predict")
    .description(`names the ${TOP} likeliest classes of each picture`)
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
      const predictions = await predictPictures(directory, images, flags.engine);
      for (const prediction of predictions) {
        if (flags.json) printJson(context, { type: "prediction", ...prediction });
        else print(context, describe(prediction, context));
      }
    });
}

async function predictPictures(
  directory: string,
  paths: readonly string[],
  preference: EnginePreference,
): Promise<PicturePrediction[]> {
  const { openEngine } = await import("@convkit/engine");
  await openEngine(preference, { training: false });
  const { loadClassifier } = await import("@convkit/models");
  const { decodeImage } = await import("@convkit/data");
  const classifier = await loadClassifier(join(directory, "model"));
  try {
    const { classNames, inputShape } = classifier.card;
    const channels = inputShape[2] === 1 ? 1 : 3;
    const images = await Promise.all(paths.map((path) => decodeImage(path, { channels })));
    const probabilities = await classifier.predict(images);
    return paths.map((image, index) => {
      const row = probabilities.subarray(index * classNames.length, (index + 1) * classNames.length);
      return { image, classes: likeliest(row, classNames) };
    });
  } finally {
    classifier.dispose();
  }
}

function likeliest(probabilities: Float32Array, classNames: readonly string[]): PicturePrediction["classes"] {
  return classNames
    .map((className, index) => ({ className, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP);
}

function describe({ image, classes }: PicturePrediction, { colors }: CommandContext): string[] {
  const width = Math.max(...classes.map(({ className }) => className.length));
  const lines = classes.map(
    ({ className, probability }) => `  ${formatPercent(probability).padStart(7)}  ${className.padEnd(width)}`,
  );
  return [colors.bold(image), ...lines.map((line) => line.trimEnd())];
}
