/** `convkit robustness`: what is left of a run's accuracy when its pictures get worse. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { WriteStream } from "node:tty";
import { RobustnessPart, RobustnessReport, type EnginePreference } from "@convkit/schema";
import { InvalidArgumentError, type Command } from "commander";
import { ConfigError } from "../config/config-error.js";
import { parseEngineFlag } from "../config/engine-flag.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { describeRobustness } from "../display/describe-robustness.js";
import { formatDuration } from "../display/format.js";
import { interruptible } from "../process/interruptible.js";
import { EngineCannotTrainError } from "../process/process-errors.js";
import { findRun, readRunConfig } from "../run/find-run.js";
import { parseFile } from "../run/parse-file.js";
import { shellWord } from "../sweep/train-command.js";
import { print, printJson, type CommandContext } from "./command-context.js";

interface RobustnessFlags {
  readonly limit: number;
  readonly seed: number;
  readonly only: readonly RobustnessPart[];
  readonly baseline?: string;
  readonly engine?: EnginePreference;
  readonly json: boolean;
}

const NOTES = `
Test pictures, or validation pictures where there are none: up to --limit of them, each class with its share. Each is judged under
120 conditions, so that time grows with --limit; the line of progress tells how much is left. They are judged as they are; under the 15
corruptions of CIFAR-10-C at 5 severities (Hendrycks & Dietterich 2019; ImageNet-C's parameters for pictures of 85 pixels and
more), turned, scaled, and moved against the network by FGSM and PGD. The mean corruption error is the mean of the 75 errors, or
with --baseline of each corruption's errors over the baseline's, which the table shows as well. The report is kept as
artifacts/robustness.json of the run after each part; parts of an earlier report of the same pictures stay until they are measured anew.

Examples:
  convkit robustness latest
  convkit robustness latest --only corruptions --limit 10000
  convkit robustness latest --baseline 20260214-093012-x7
  convkit robustness latest --only rotation,scale --json`;

/** Where there is no terminal to ask. */
const USUAL_COLUMNS = 80;

export function addRobustnessCommand(program: Command, context: CommandContext): void {
  program
    .command("robustness")
    .description("measures a run's best network on corrupted, turned, scaled and attacked pictures")
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .option("--limit <n>", "pictures at most", wholeArgument(1), 1000)
    .option("--seed <n>", "of the sample and of what is drawn for its pictures", wholeArgument(0), 0)
    .option(
      "--only <parts>",
      `of ${RobustnessPart.options.join(",")}: what is measured`,
      partsArgument,
      RobustnessPart.options,
    )
    .option("--baseline <run>", "a run that was measured, whose errors under corruptions count as 1")
    .option("--engine <name>", "another engine than the run's config asks for", parseEngineFlag)
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, flags: RobustnessFlags) => {
      const directory = await findRun(run, context.home);
      const baseline = flags.baseline === undefined ? undefined : await readBaseline(flags.baseline, context);
      const { limit, seed, only: parts } = flags;
      const whole: RobustnessPart[] = [];
      const { report, path } = await interruptible(
        context,
        { json: flags.json, kept: () => describeKept(basename(directory), whole, flags) },
        async ({ signal, writer }) => {
          const engine = await openEngineOf(directory, flags);
          const { measureRobustness } = await import("@convkit/trainer");
          let startedAt: number | undefined;
          const { remarks, ...measured } = await measureRobustness(directory, {
            home: context.home,
            engine,
            limit,
            seed,
            parts,
            baseline,
            signal,
            onDataProgress: (progress) => showDataProgress(progress, writer, context.colors),
            onPartKept: (part) => whole.push(part),
            onCondition: (condition, { done, of }, share) => {
              startedAt ??= performance.now();
              writer.status(
                `${done + 1} of ${of}: ${condition}${timeLeft(performance.now() - startedAt, share)}`,
              );
            },
          });
          for (const remark of remarks) writer.print(context.colors.yellow(remark));
          return measured;
        },
      );
      if (flags.json) return printJson(context, { type: "robustness", ...report, path });
      const { columns = USUAL_COLUMNS } = context.stdout as Partial<WriteStream>;
      print(context, [
        ...describeRobustness(report, { columns, colors: context.colors }),
        "",
        `${context.colors.bold("report")}      ${path}`,
      ]);
    });
}

/** Nothing before a first condition is through. */
function timeLeft(elapsedMs: number, share: number): string {
  return share === 0 ? "" : `, about ${formatDuration((elapsedMs * (1 - share)) / share)} left`;
}

/** Attacks need gradients. */
async function openEngineOf(directory: string, { engine: asked, only }: RobustnessFlags) {
  const config = await readRunConfig(directory);
  const training = only.includes("adversarial");
  const { openEngine } = await import("@convkit/engine");
  const engine = await openEngine(asked ?? config.engine, { training, precision: config.precision });
  if (training && !engine.canTrain) {
    const others = RobustnessPart.options.filter((part) => part !== "adversarial");
    throw new EngineCannotTrainError(
      `Expected an engine with gradients, for the attacks. Received: ${engine.name}, which lacks those of convolutions. ` +
        `Choose another one, or leave them out: --only ${others.join(",")}`,
    );
  }
  return engine;
}

/** What a run that was stopped has kept, and how the rest is measured. */
function describeKept(
  run: string,
  whole: readonly RobustnessPart[],
  { only, limit, seed, baseline, engine }: RobustnessFlags,
): string {
  if (whole.length === 0) return "Nothing was kept.";
  const rest = RobustnessPart.options.filter((part) => only.includes(part) && !whole.includes(part));
  const names = `${whole.join(", ")} ${whole.length === 1 ? "is" : "are"} kept`;
  if (rest.length === 0) return `All was measured: ${names}.`;
  const more = [baseline && ` --baseline ${shellWord(baseline)}`, engine && ` --engine ${engine}`]
    .filter(Boolean)
    .join("");
  return `What is whole was kept: ${names}. The rest: convkit robustness ${run} --only ${rest.join(",")} --limit ${limit} --seed ${seed}${more}`;
}

/** @throws {ConfigError} if it was not measured. */
async function readBaseline(run: string, { home }: CommandContext) {
  const directory = await findRun(run, home);
  const path = join(directory, "artifacts", "robustness.json");
  const text = await readFile(path, "utf8").catch(() => null);
  const report = text === null ? undefined : parseFile(RobustnessReport, text, path);
  if (!report?.corruptions) {
    throw new ConfigError(
      `Expected a --baseline that was measured under corruptions. Received: ${basename(directory)}, which was not. ` +
        `Measure it first: convkit robustness ${basename(directory)}`,
    );
  }
  return { name: basename(directory), report };
}

function wholeArgument(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number from ${least} up.`);
    return value;
  };
}

function partsArgument(text: string): RobustnessPart[] {
  return text.split(",").map((name) => {
    const part = RobustnessPart.safeParse(name.trim());
    if (part.success) return part.data;
    throw new InvalidArgumentError(
      `Expected parts out of ${RobustnessPart.options.join(", ")}, with commas between them. Received: ${name}.`,
    );
  });
}
