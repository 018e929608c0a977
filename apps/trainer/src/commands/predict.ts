/** `convkit predict`: what a run's network sees in pictures: the likeliest classes, or of label sets every label by itself. */
import { join } from "node:path";
import type { EnginePreference, ModelCard } from "@convkit/schema";
import { Option, type Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import {
  predictionTeller,
  type PredictedClass,
  type PredictionFormat,
} from "../display/describe-prediction.js";
import { formatFigure } from "../display/format.js";
import type { LineWriter } from "../display/line-writer.js";
import { pacedOutput, type PacedOutput } from "../display/paced-output.js";
import { isTerminal } from "../display/terminal.js";
import { EXIT_CODES } from "../exit-codes.js";
import { picturePaths } from "../prediction/picture-paths.js";
import type { PictureOutcome } from "../prediction/predict-pictures.js";
import { interruptible } from "../process/interruptible.js";
import { findRun } from "../run/find-run.js";
import { checkClassifier } from "../run/unfinished-run.js";
import type { CommandContext } from "./command-context.js";
import { countArgument } from "./number-argument.js";

interface PredictFlags {
  readonly engine: EnginePreference;
  readonly topK: number;
  readonly format: PredictionFormat;
  readonly json: boolean;
  /** `-0`: between the paths on standard input. */
  readonly 0: boolean;
}

const NOTES = `
Folders are searched with all below them, and like globs give the files that are named as pictures (.jpg, .png, …). Quote
globs, or the shell makes lists of them that may be too long. Any number of pictures is read as it is needed, and told in
order. What cannot be read is reported, and makes the exit code 3 in the end.

Probabilities are calibrated where the run's model card has a temperature.

Examples:
  convkit predict latest cat.jpg dog.png
  convkit predict latest photos 'more/**/*.jpg' --format table --top-k 1
  find photos -name '*.jpg' -print0 | convkit predict latest - -0 --json > predictions.jsonl`;

export function addPredictCommand(program: Command, context: CommandContext): void {
  program
    .command("predict")
    .description(
      "names the likeliest classes of each picture, with their probabilities; of label sets every label, those from 50 % on marked",
    )
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .argument("<picture...>", "files, folders, globs, or - for a list of paths on standard input")
    .option("--top-k <n>", "how many classes of each picture", countArgument, 5)
    .addOption(
      new Option("--format <name>", "a block of lines a picture, a row a picture, or a JSON object a line")
        .choices(["text", "table", "json"])
        .default("text"),
    )
    .option("-0", "paths on standard input end with NUL, as find -print0 writes them", false)
    .option(
      "--engine <name>",
      "auto, native, webgpu, tensorflow-gpu, tensorflow, wasm or cpu",
      parseEngineFlag,
      "auto",
    )
    .option("--json", "as --format json", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, args: string[], flags: PredictFlags) => {
      const directory = await findRun(run, context.home);
      await checkClassifier(directory, context.home);
      await predict(directory, args, { flags, context });
    });
}

async function predict(
  directory: string,
  args: readonly string[],
  { flags, context }: { flags: PredictFlags; context: CommandContext },
): Promise<void> {
  const { openEngine } = await import("@convkit/engine");
  await openEngine(flags.engine, { training: false });
  const { loadClassifier } = await import("@convkit/models");
  const { predictPictures } = await import("../prediction/predict-pictures.js");
  const classifier = await loadClassifier(join(directory, "model"));
  const output = pacedOutput(context.stdout);
  try {
    // The line of progress is standard error's: what standard output gets is the predictions alone.
    const options = { json: true, kept: "What was predicted until then was told." };
    await interruptible(context, options, async ({ signal, writer }) => {
      signal.addEventListener(
        "abort",
        () => args.includes("-") && process.stdin.destroy(signal.reason as Error),
      );
      const separator = flags[0] ? "\0" : "\n";
      const pictures = picturePaths(args, { stdin: () => process.stdin, separator });
      const tell = await tellerOf(flags, classifier.card, { context, output, writer });
      const startedMs = performance.now();
      let [count, failed] = [0, 0];
      for await (const outcome of predictPictures(pictures, classifier)) {
        signal.throwIfAborted();
        await tell(outcome);
        if (!output.isOpen) return;
        count++;
        if ("error" in outcome) failed++;
        // On a terminal the predictions themselves show how far it is.
        if (!isTerminal(context.stdout)) writer.status(describeCount(count, failed));
      }
      // Of one picture there is nothing to sum up.
      if (formatOf(flags) === "json" || count < 2) return;
      const perSecond = (1000 * count) / (performance.now() - startedMs);
      writer.print(`${describeCount(count, failed)}, ${formatFigure(perSecond)} pictures/s`);
    });
  } finally {
    output.release();
    classifier.dispose();
  }
}

const formatOf = ({ json, format }: PredictFlags): PredictionFormat => (json ? "json" : format);

interface Told {
  readonly context: CommandContext;
  readonly output: PacedOutput;
  readonly writer: LineWriter;
}

/** Begins with the format's header, if it has one. */
async function tellerOf(
  flags: PredictFlags,
  card: ModelCard,
  { context, output, writer }: Told,
): Promise<(outcome: PictureOutcome) => Promise<void>> {
  const { LABEL_THRESHOLD } = await import("@convkit/evaluator");
  const format = formatOf(flags);
  const top = Math.min(flags.topK, card.classNames.length);
  const { header, textOf } = predictionTeller(format, { card, top, colors: context.colors });
  if (header !== "") await output.write(header);
  return async (outcome) => {
    const { image } = outcome;
    if ("probabilities" in outcome) {
      const labels = rankedLabels(outcome.probabilities, card);
      const classes =
        card.output === "binary-logits"
          ? labels.map((label) => ({ ...label, isThere: label.probability >= LABEL_THRESHOLD }))
          : labels.slice(0, top);
      await output.write(textOf({ image, classes }));
      return;
    }
    const { name, message } = outcome.error;
    context.exit(EXIT_CODES.data);
    if (format !== "json") writer.print(`error  ${image}: ${message}`);
    else {
      const error = { type: "error", image, name, message, exitCode: EXIT_CODES.data };
      await output.write(`${JSON.stringify(error)}\n`);
    }
  };
}

/** The most probable first. */
function rankedLabels(probabilities: Float32Array, { classNames }: ModelCard): PredictedClass[] {
  return classNames
    .map((className, index) => ({ className, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}

function describeCount(count: number, failed: number): string {
  const pictures = `${count.toLocaleString("en-US")} ${count === 1 ? "picture" : "pictures"}`;
  return failed === 0 ? pictures : `${pictures}, ${failed.toLocaleString("en-US")} failed`;
}
