/** The command and its subcommands, put together. */
import { Command, Help, type Option } from "commander";
import { addBatchSizeFindCommand } from "./commands/batch-size-find.js";
import { addBenchmarkCommand } from "./commands/benchmark.js";
import { addCompareCommand } from "./commands/compare.js";
import { addConfigCommand } from "./commands/config.js";
import { addDataCommand } from "./commands/data.js";
import { addDashboardCommand } from "./commands/dashboard.js";
import { addDatasetsCommand } from "./commands/datasets.js";
import { addDoctorCommand } from "./commands/doctor.js";
import { addEvaluateCommand } from "./commands/evaluate.js";
import { addExplainCommand } from "./commands/explain.js";
import { addLrFindCommand } from "./commands/lr-find.js";
import { addModelsCommand } from "./commands/models.js";
import { addPredictCommand } from "./commands/predict.js";
import { addProjectCommand } from "./commands/project.js";
import { addRecipesCommand } from "./commands/recipes.js";
import { addResumeCommand } from "./commands/resume.js";
import { addReviewCommand } from "./commands/review.js";
import { addRobustnessCommand } from "./commands/robustness.js";
import { addRunsCommand } from "./commands/runs.js";
import { addSweepCommand } from "./commands/sweep.js";
import { addTrainCommand } from "./commands/train.js";
import { addVerifyCommand } from "./commands/verify.js";
import { addWorkerCommand } from "./commands/worker.js";
import type { CommandContext } from "./commands/command-context.js";
import { EXIT_CODES_HELP } from "./exit-codes.js";
import { convkitVersion } from "./host/versions.js";

const EXAMPLES = `
Examples:
  convkit train cifar10
  convkit train ./photos --epochs 20        one folder of pictures per class
  convkit predict latest cat.jpg
  convkit doctor

${EXIT_CODES_HELP}

Runs and data sets lie in .convkit/ of the working directory, or where CONVKIT_HOME says.`;

/**
 * @param options `json`: usage errors are the caller's to print.
 * @returns a program that throws `CommanderError` instead of ending the process.
 */
export function createProgram(context: CommandContext, options: { readonly json: boolean }): Command {
  const program = new Command("convkit")
    .description("Trains, evaluates and uses image classifiers.")
    .version(convkitVersion())
    .showHelpAfterError("(--help shows what is possible)")
    .exitOverride()
    .enablePositionalOptions()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void (options.json || context.stderr.write(text)),
    })
    .addHelpText("after", EXAMPLES);
  addTrainCommand(program, context);
  addLrFindCommand(program, context);
  addBatchSizeFindCommand(program, context);
  addSweepCommand(program, context);
  addResumeCommand(program, context);
  addEvaluateCommand(program, context);
  addReviewCommand(program, context);
  addRobustnessCommand(program, context);
  addCompareCommand(program, context);
  addPredictCommand(program, context);
  addExplainCommand(program, context);
  addProjectCommand(program, context);
  addVerifyCommand(program, context);
  addBenchmarkCommand(program, context);
  addRunsCommand(program, context);
  addDatasetsCommand(program, context);
  addModelsCommand(program, context);
  addRecipesCommand(program, context);
  addConfigCommand(program, context);
  addDoctorCommand(program, context);
  addDashboardCommand(program, context);
  addWorkerCommand(program, context);
  addDataCommand(program, context);
  return program;
}

const HELP = new Help();

/** Defaults as they are typed: lists with commas; nothing of a flag that is off, or of a list without items. */
function describeOption(option: Option): string {
  const { defaultValue } = option as { defaultValue: unknown };
  const isList = Array.isArray(defaultValue);
  const isNothing = defaultValue === false || (isList && defaultValue.length === 0);
  return HELP.optionDescription(
    Object.assign(Object.create(option) as Option, {
      ...(isNothing && { defaultValue: undefined }),
      ...(isList && { defaultValueDescription: defaultValue.join(",") }),
    }),
  );
}
