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
import { interruptible } from "../process/interruptible.js";
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
With files, <name>.<method>.png of each goes into --out. Without, the run's surest mistakes, the pictures it was least sure
of, and right ones that may be so for a poor reason (evidence at the picture's edges, or training pictures of other classes
nearest) go into its artifacts/explanations/.

--sanity randomises the network's weights from the output down and tells how alike the maps stay (Adebayo et al. 2018): near
1 at the end, they show the picture and not what was learned.

Examples:
  convkit explain latest cat.jpg dog.png
  convkit explain latest cat.jpg --class dog --method occlusion --out why
  convkit explain latest --method grad-cam++ --sanity`;

export function addExplainCommand(program: Command, context: CommandContext): void {
  program
    .command("explain")
    .description("shows where a run's network looks: maps over pictures, as PNG")
    .argument("<run>", "id, beginning of an id, `latest`, or folder")
    .argument("[files...]", "JPEG, PNG or WebP files; left out: pictures that the run was judged by")
    .addOption(new Option("--method <name>", "how").choices(ExplanationMethod.options).default("grad-cam"))
    .option("--class <name>", "whose evidence is shown; left out: the class that the network says")
    .option("--out <folder>", "for the PNGs of files; left out: the working directory")
    .option("--sanity", "checks that the maps depend on the network's weights", false)
    .option(
      "--engine <name>",
      "auto, tensorflow-gpu, tensorflow, native, wasm or cpu",
      parseEngineFlag,
      "auto",
    )
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, files: string[], flags: ExplainFlags) => {
      checkFlags(files, flags);
      const directory = await findRun(run, context.home);
      if (files.length > 0) await checkClassifier(directory, context.home);
      const outcome = await interruptible(
        context,
        { json: flags.json, kept: "Pictures that were written stay." },
        async ({ signal, writer }): Promise<ExplainedFile[] | ExplainRunResult> => {
          const { openEngine } = await import("@convkit/engine");
          const engine = await openEngine(flags.engine, { training: true });
          const { explainFiles, explainRun } = await import("@convkit/trainer");
          const options = { signal, method: flags.method, className: flags.class };
          if (files.length > 0)
            return explainFiles(directory, files, { ...options, out: resolve(flags.out ?? ".") });
          return explainRun(directory, {
            ...options,
            home: context.home,
            engine,
            sanity: flags.sanity,
            onDataProgress: (progress) => showDataProgress(progress, writer, context.colors),
            onProgress: (text) => writer.status(text),
          });
        },
      );
      if (Array.isArray(outcome)) tellFiles(outcome, context, flags.json);
      else tellRun(outcome, context, flags.json);
    });
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

function tellFiles(files: readonly ExplainedFile[], context: CommandContext, json: boolean): void {
  for (const file of files) {
    if (json) printJson(context, { type: "explanation", ...file });
    else {
      const { image, className, probability, file: png } = file;
      print(context, [`${context.colors.bold(image)}  ${className}, ${formatPercent(probability)}  ${png}`]);
    }
  }
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

function describe({ method, split, classNames, pictures, searched, sanity }: Explanations): string[] {
  const of = (kind: ExplainedPicture["chosenAs"]) => pictures.filter(({ chosenAs }) => chosenAs === kind);
  const [mistakes, uncertain, poor] = [of("mistake"), of("uncertain"), of("poor-reason")];
  return [
    `${method} of ${pictures.length} pictures of ${split}: ${mistakes.length} mistakes, ${uncertain.length} it was least sure of, ` +
      `${poor.length} right for what may be a poor reason (of ${searched} looked at)`,
    ...poor.map(({ id, label, reasons = [], frameShare = 0, foreignShare = 0 }) => {
      const told = reasons.map((reason) =>
        reason === "frame"
          ? `${formatPercent(frameShare)} of the evidence at the edges`
          : `${formatPercent(foreignShare)} of the nearest training pictures of other classes`,
      );
      return `  ${id}  ${classNames[label]}: ${told.join(", ")}`;
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
