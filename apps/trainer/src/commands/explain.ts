/** `convkit explain`: where a run's network looks, in pictures of the user's own or in those that it was judged by. */
import {
  ExplanationMethod,
  type EnginePreference,
  type ExplainedPicture,
  type Explanations,
} from "@convkit/schema";
import type { ExplainedFile, ExplainRunResult } from "@convkit/trainer";
import { Option, type Command } from "commander";
import { resolve } from "node:path";
import { ConfigError } from "../config/config-error.js";
import { parseEngineFlag } from "../config/engine-flag.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { formatPercent } from "../display/format.js";
import { EXIT_CODES } from "../exit-codes.js";
import { picturePaths } from "../prediction/picture-paths.js";
import { interruptible } from "../process/interruptible.js";
import { EngineCannotTrainError } from "../process/process-errors.js";
import { findRun } from "../run/find-run.js";
import { checkClassifier } from "../run/unfinished-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";

interface ExplainFlags {
  readonly method: ExplanationMethod;
  readonly class?: string;
  readonly out?: string;
  readonly sanity: boolean;
  readonly engine: EnginePreference;
  readonly json: boolean;
}

const NOTES = `
With files, <name>.<method>.png of each goes into --out, or <name>-2.<method>.png where there is one already. Folders are
searched with all below them. What cannot be read is reported, and makes the exit code 3 in the end. Without files, the run's
surest mistakes, the pictures it was least sure of, and right ones that may be so for a poor reason (evidence at the
picture's edges, or training pictures of other classes nearest) go into its artifacts/explanations/. With any number of labels a
picture, each is explained for one of them: of the wrong ones, said though it is not there or missed, the surest, whose probability
is furthest from 50 %. --class names the one label that counts.

--sanity randomises the network's weights from the output down and tells how alike the maps stay (Adebayo et al. 2018): near
1 at the end, they show the picture and not what was learnt.

Examples:
  convkit explain latest cat.jpg dog.png
  convkit explain latest cat.jpg --class dog --method occlusion --out why
  convkit explain latest photos 'more/**/*.jpg' --out why --json
  convkit explain latest --method grad-cam++ --sanity`;

export function addExplainCommand(program: Command, context: CommandContext): void {
  program
    .command("explain")
    .description("shows where a run's network looks: maps over pictures, as PNG")
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .argument(
      "[picture...]",
      "files, folders, globs, or - for a list of paths on standard input; left out: pictures that the run was judged by",
    )
    .addOption(new Option("--method <name>", "how").choices(ExplanationMethod.options).default("grad-cam"))
    .option("--class <name>", "whose evidence is shown; left out: the class that the network says")
    .option("--out <folder>", "for the PNGs of files; left out: the working directory")
    .option("--sanity", "checks that the maps depend on the network's weights", false)
    .option(
      "--engine <name>",
      "auto, native, webgpu, tensorflow-gpu, tensorflow, wasm or cpu",
      parseEngineFlag,
      "auto",
    )
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, files: string[], flags: ExplainFlags) => {
      checkFlags(files, flags);
      const directory = await findRun(run, context.home);
      if (files.length > 0) await explainPictures(directory, files, { flags, context });
      else await explainJudged(directory, { flags, context });
    });
}

interface Asked {
  readonly flags: ExplainFlags;
  readonly context: CommandContext;
}

async function explainPictures(
  directory: string,
  args: readonly string[],
  { flags, context }: Asked,
): Promise<void> {
  await checkClassifier(directory, context.home);
  // What cannot be explained is standard error's line: what standard output gets is the explanations alone.
  const options = { json: true, kept: "Pictures that were written stay." };
  await interruptible(context, options, async ({ signal, writer }) => {
    signal.addEventListener(
      "abort",
      () => args.includes("-") && process.stdin.destroy(signal.reason as Error),
    );
    await openEngineFor(flags, "pictures");
    const { explainFiles } = await import("@convkit/trainer");
    const pictures = picturePaths(args, { stdin: () => process.stdin, separator: "\n" });
    const { method, class: className, out = "." } = flags;
    for await (const outcome of explainFiles(directory, pictures, {
      method,
      className,
      out: resolve(out),
      signal,
    })) {
      if (!("error" in outcome)) tellFile(outcome, context, flags.json);
      else {
        const { image, error } = outcome;
        const { name, message } = error;
        context.exit(EXIT_CODES.data);
        if (!flags.json) writer.print(`error  ${image}: ${message}`);
        else printJson(context, { type: "error", image, name, message, exitCode: EXIT_CODES.data });
      }
    }
  });
}

async function explainJudged(directory: string, { flags, context }: Asked): Promise<void> {
  const options = { json: flags.json, kept: "Pictures that were written stay." };
  const result = await interruptible(context, options, async ({ signal, writer }) => {
    const engine = await openEngineFor(flags, "run");
    const { explainRun } = await import("@convkit/trainer");
    return explainRun(directory, {
      home: context.home,
      engine,
      signal,
      method: flags.method,
      className: flags.class,
      sanity: flags.sanity,
      onDataProgress: (progress) => showDataProgress(progress, writer, context.colors),
      onProgress: (text) => writer.status(text),
    });
  });
  tellRun(result, context, flags.json);
}

/**
 * All methods but occlusion need gradients; of a run's own pictures Grad-CAM looks for poor reasons, whatever is shown.
 *
 * @throws {EngineCannotTrainError} if the engine has none.
 */
async function openEngineFor({ engine: asked, method }: ExplainFlags, explained: "pictures" | "run") {
  const training = explained === "run" || method !== "occlusion";
  const { openEngine } = await import("@convkit/engine");
  const engine = await openEngine(asked, { training });
  if (training && !engine.canTrain) {
    throw new EngineCannotTrainError(
      `Expected an engine with gradients, for ${method === "occlusion" ? "the search for poor reasons" : method}. Received: ` +
        `${engine.name}, which lacks those of convolutions. Choose another one, or explain files by what needs none: --method occlusion`,
    );
  }
  return engine;
}

function checkFlags(files: readonly string[], { out, sanity }: ExplainFlags): void {
  if (files.length === 0 && out !== undefined) {
    throw new ConfigError(
      "Expected files for --out. Received: none. Name them, or leave --out away: what a run was judged by goes into its artifacts.",
    );
  }
  if (files.length > 0 && sanity) {
    throw new ConfigError(
      "Expected no files with --sanity, which takes the run's own pictures. Received: some. Leave one away.",
    );
  }
}

function tellFile(explained: ExplainedFile, context: CommandContext, json: boolean): void {
  if (json) {
    printJson(context, { type: "explanation", ...explained });
    return;
  }
  const { image, className, probability, file } = explained;
  print(context, [`${context.colors.bold(image)}  ${className}, ${formatPercent(probability)}  ${file}`]);
}

function tellRun(
  { explanations, path, remarks }: ExplainRunResult,
  context: CommandContext,
  json: boolean,
): void {
  if (json) {
    printJson(context, { type: "explanations", path, remarks, ...explanations });
    return;
  }
  const { colors } = context;
  print(context, [
    ...remarks.map((remark) => colors.yellow(remark)),
    ...describe(explanations),
    `${colors.bold("written")}  ${path}, and the pictures beside it`,
  ]);
}

function describe(explanations: Explanations): string[] {
  const { method, split, classNames, isMultiLabel = false, pictures, searched, sanity } = explanations;
  const of = (kind: ExplainedPicture["chosenAs"]) => pictures.filter(({ chosenAs }) => chosenAs === kind);
  const [mistakes, uncertain, poor] = [of("mistake"), of("uncertain"), of("poor-reason")];
  const missed = mistakes.filter(({ prediction }) => prediction < 0).length;
  const told = isMultiLabel ? ` (${mistakes.length - missed} said though not there, ${missed} missed)` : "";
  const others = isMultiLabel ? "without it" : "of other classes";
  return [
    `${method} of ${pictures.length} pictures of ${split}: ${mistakes.length} mistakes${told}, ${uncertain.length} it was least sure of, ` +
      `${poor.length} right for what may be a poor reason (of ${searched} looked at)`,
    ...poor.map(({ id, label, reasons = [], frameShare = 0, foreignShare = 0 }) => {
      const signs = reasons.map((reason) =>
        reason === "frame"
          ? `${formatPercent(frameShare)} of the evidence at the edges`
          : `${formatPercent(foreignShare)} of the nearest training pictures ${others}`,
      );
      return `  ${id}  ${classNames[label]}: ${signs.join(", ")}`;
    }),
    ...(sanity
      ? [
          `sanity check on ${sanity.pictures} pictures: likeness with the trained network's maps, weights randomised down to`,
          ...sanity.stages.map(
            ({ stage, rankCorrelation }) => `  ${stage.padEnd(12)} ${rankCorrelation.toFixed(2)}`,
          ),
        ]
      : []),
  ];
}
