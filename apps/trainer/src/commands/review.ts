/** `convkit review`: which labels of a run's pictures are probably wrong, and a manifest to correct them by. */
import { join } from "node:path";
import type { RunConfig } from "@convkit/schema";
import type { DataProgress } from "@convkit/trainer";
import type { Command } from "commander";
import { formatAssignment } from "../config/assignment.js";
import { ConfigError } from "../config/config-error.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { describeReview } from "../display/describe-review.js";
import { EXIT_CODES } from "../exit-codes.js";
import { interruptible } from "../process/interruptible.js";
import type { TrainingProcess } from "../process/training-process.js";
import type { ExportedReview } from "../review/review-run.js";
import { findRun, readRunConfig } from "../run/find-run.js";
import { shellWord } from "../sweep/train-command.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { numberArgument } from "./number-argument.js";
import { checkOutput } from "./output-file.js";

interface ReviewFlags {
  readonly folds: number;
  readonly export?: string;
  readonly pictures?: string;
  readonly limit: number;
  readonly json: boolean;
}

const NOTES = `
The run's config is trained once for each fold of its training and validation pictures, on the training pictures of the
other folds, whose validation pictures go on choosing the epoch; so each is judged by a network that has not seen it
(confident learning, Northcutt et al. 2021). The test pictures are judged as they were. That takes as long as training the
run --folds times; a review that was stopped goes on by the same command. With --folds 0 nothing is trained, and only
pictures that the run has not learnt from are judged.

--export writes all pictures as a manifest, the worst labels first. Write the right class into the column relabel, or
delete a line to do without the picture, and train on the file, by the command that is told then. With any number of labels a
picture, each is doubted by itself, and the right ones go into the column label; suggestion has them as they probably are. Pictures that lie together in
larger files (tar, Parquet, IDX) are written as files of their own for it, before anything is trained: into --pictures.

Examples:
  convkit review latest
  convkit review latest --folds 0 --json
  convkit review latest --export relabel.csv
  convkit review latest --export relabel.csv --pictures ./digits`;

export function addReviewCommand(program: Command, context: CommandContext): void {
  program
    .command("review")
    .description("finds labels that are probably wrong, and writes a manifest to correct them by")
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .option(
      "--folds <n>",
      "networks that are trained to judge what the run has learnt from; 0: none",
      numberArgument,
      5,
    )
    .option("--export <file>", "writes a manifest to correct labels in: .csv, or .jsonl for JSON Lines")
    .option(
      "--pictures <folder>",
      "for the pictures of the manifest that are no files of their own; left out: <manifest's name>-pictures beside it",
    )
    .option("--limit <n>", "how many labels to print", numberArgument, 20)
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, flags: ReviewFlags) => {
      checkFlags(flags);
      const directory = await findRun(run, context.home);
      if (flags.export !== undefined) await checkOutput("--export", flags.export);
      await review(directory, flags, context);
    });
}

/** @throws {ConfigError} */
function checkFlags({ folds, limit, export: file, pictures }: ReviewFlags): void {
  if (pictures !== undefined && file === undefined) {
    throw new ConfigError(
      `Expected --export with --pictures, which says where the pictures of the manifest are written. Received: --pictures ${pictures} ` +
        "alone. Add --export relabel.csv, or leave it out.",
    );
  }
  if (!Number.isInteger(folds) || folds < 0 || folds === 1) {
    throw new ConfigError(
      `Expected --folds to be a whole number from 2 up, or 0 to train nothing. Received: ${folds}.`,
    );
  }
  if (!Number.isInteger(limit) || limit < 0) {
    throw new ConfigError(`Expected --limit to be a whole number from 0 up. Received: ${limit}.`);
  }
}

async function review(directory: string, flags: ReviewFlags, context: CommandContext): Promise<void> {
  const { engine, precision, transforms } = await readRunConfig(directory);
  const { folds, limit, export: file, pictures, json } = flags;
  const { home, colors } = context;
  const { KEPT } = await import("../review/fold-runs.js");
  let child: TrainingProcess | undefined;
  const kill = (): void => {
    child?.kill();
    process.exit(EXIT_CODES.interrupted);
  };
  const { review, path, exported, remarks } = await interruptible(
    context,
    { json, kept: KEPT, kill },
    async (work) => {
      const { signal, writer } = work;
      const { openEngine } = await import("@convkit/engine");
      const opened = await openEngine(engine, { training: false, precision });
      const { withJudgedRun } = await import("@convkit/trainer");
      const { reviewRun } = await import("../review/review-run.js");
      const onDataProgress = (progress: DataProgress) => showDataProgress(progress, writer, colors);
      return withJudgedRun(directory, { home, engine: opened, signal, onDataProgress }, (run) =>
        reviewRun(run, {
          home,
          folds,
          file,
          pictures,
          signal,
          onDataProgress,
          onProgress: (text) => writer.status(text),
          onNote: (text) => writer.print(colors.dim(text)),
          onProcess: (started) => (child = started),
        }),
      );
    },
  );
  if (json) return printJson(context, { type: "review", path, ...review, ...(exported && { exported }) });
  print(context, [
    ...describeReview(review, limit, colors),
    "",
    ...remarks.map((text) => colors.yellow(text)),
    `${colors.bold("review")}    ${path}`,
    ...(exported ? describeExport(exported, { directory, transforms }) : []),
  ]);
}

/** The transforms are named again: of a config over another data set, as which a manifest counts, they are not taken. */
function describeExport(
  { file, pictures, columns }: ExportedReview,
  { directory, transforms }: { directory: string; transforms: RunConfig["transforms"] },
): string[] {
  const command = [
    ...["convkit train", shellWord(file)],
    ...["--config", shellWord(join(directory, "config.json"))],
    ...["--set", shellWord(formatAssignment("transforms", transforms))],
  ];
  return [
    ...(pictures === undefined ? [] : [`pictures  ${pictures}: files of their own, which the export names`]),
    ...(columns.suggestion === "suggestion"
      ? []
      : [
          `columns   ${Object.values(columns).join(" and ")} are the review's, beside columns of the data set's own that are called so`,
        ]),
    columns.add === undefined
      ? `export    ${file}: write the right classes into its column relabel, then train on it:`
      : `export    ${file}: write the right labels into its column label, as ${columns.suggestion} has them, then train on it:`,
    `          ${command.join(" ")}`,
  ];
}
