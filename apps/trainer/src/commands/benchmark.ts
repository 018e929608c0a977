/** `convkit benchmark`: how fast a run's network predicts on each engine of this machine, and what it takes. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { BenchmarkReport, EngineName, type ModelCard } from "@convkit/schema";
import { InvalidArgumentError, type Command } from "commander";
import { benchmarkEngine } from "../benchmark/benchmark-engine.js";
import { withEarlierFigures, type MergedBenchmark } from "../benchmark/earlier-figures.js";
import { parseEngineFlag } from "../config/engine-flag.js";
import {
  describeThreads,
  formatBytes,
  formatFigure,
  formatParameters,
  formatTable,
} from "../display/format.js";
import { EXIT_CODES } from "../exit-codes.js";
import { describeMachine } from "../host/machine.js";
import { interruptible, type InterruptibleWork } from "../process/interruptible.js";
import { findRun } from "../run/find-run.js";
import { checkClassifier } from "../run/unfinished-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { countArgument, numberArgument } from "./number-argument.js";

interface BenchmarkFlags {
  readonly engines: readonly EngineName[];
  readonly batchSizes: readonly number[];
  readonly seconds: number;
  readonly json: boolean;
}

const NAME = "benchmark.json";

const NOTES = `
Latency is of one decoded picture, from its pixels to its probabilities, throughput of batches of them; decoding files is
not in it. Each engine has a process of its own, whose peak memory is told with Node in it, and each figure is measured for
--seconds after a warm-up. Batches that would take more than 30 seconds are left out. Other work on the machine shows in
the figures. An engine that this machine lacks, or that fails with this network, is named with its reason; the exit code
is 4 where no engine is left, and 2 where the classifier's files are damaged.

What was measured stands in artifacts/benchmark.json, beside earlier figures of other engines on the same processor. Where no
engine was measured, it stays as it was.

Examples:
  convkit benchmark latest
  convkit benchmark latest --engines native,wasm --batch-sizes 1,64 --seconds 10 --json`;

export function addBenchmarkCommand(program: Command, context: CommandContext): void {
  program
    .command("benchmark")
    .description(
      "measures how fast a run's network predicts on each engine, and the memory and files it takes",
    )
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .option("--engines <names>", "the engines, with commas between them", enginesArgument, EngineName.options)
    .option(
      "--batch-sizes <list>",
      "pictures in a batch, with commas between them",
      countsArgument,
      [1, 8, 32],
    )
    .option("--seconds <n>", "how long each figure is measured", secondsArgument, 3)
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, flags: BenchmarkFlags) => {
      const directory = await findRun(run, context.home);
      await checkClassifier(directory, context.home);
      const options = { json: flags.json, kept: "Nothing was kept." };
      const report = await interruptible(context, options, async (work) => {
        const { report: merged, remarks } = await benchmarkRun(directory, flags, work);
        for (const remark of remarks) work.writer.print(context.colors.yellow(remark));
        return merged;
      });
      if (report.engines.length === 0) context.exit(EXIT_CODES.engine);
      if (flags.json) printJson(context, { type: "benchmark", ...report });
      else print(context, describe(report, context));
    });
}

async function benchmarkRun(
  directory: string,
  { engines, batchSizes, seconds }: BenchmarkFlags,
  { signal, writer }: InterruptibleWork,
): Promise<MergedBenchmark> {
  const { withRunArtifacts } = await import("@convkit/trainer");
  return withRunArtifacts(directory, async (run) => {
    const { model, runId } = { model: run.folder.model, runId: run.folder.runId };
    const card = await checkFiles(model);
    const report: BenchmarkReport = {
      formatVersion: 1,
      runId,
      measuredAt: new Date().toISOString(),
      cpu: describeMachine().cpu,
      inputShape: card.inputShape,
      parameters: card.parameters,
      modelBytes: await bytesIn(model),
      engines: [],
      unavailable: [],
    };
    for (const engine of engines) {
      writer.status(`measuring ${engine}`);
      const answer = await benchmarkEngine({ engine, model, batchSizes, durationMs: 1000 * seconds }, signal);
      if ("benchmarked" in answer) report.engines.push(answer.benchmarked);
      else report.unavailable.push({ name: engine, reason: answer.unavailable });
    }
    if (report.engines.length === 0) return { report, remarks: [] };
    const earlier = await readFile(join(run.folder.artifacts, NAME), "utf8").catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      },
    );
    const merged = earlier === null ? { report, remarks: [] } : withEarlierFigures(report, earlier);
    await run.saveArtifact(NAME, BenchmarkReport.parse(merged.report));
    return merged;
  });
}

/**
 * Loads the classifier once, on the engine that is always there: damaged files are no engine's fault.
 *
 * @throws {ClassifierFilesError} if they are damaged.
 */
async function checkFiles(model: string): Promise<ModelCard> {
  const { openEngine } = await import("@convkit/engine");
  await openEngine("cpu", { training: false });
  const { loadClassifier } = await import("@convkit/models");
  const { card, dispose } = await loadClassifier(model);
  dispose();
  return card;
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function describe(report: BenchmarkReport, { colors }: CommandContext): string[] {
  const { engines, unavailable, inputShape, parameters, modelBytes } = report;
  const batchSizes = [
    ...new Set(engines.flatMap(({ throughput }) => throughput.map(({ batchSize }) => batchSize))),
  ];
  const header = [
    "engine",
    "min",
    "p50",
    "p90",
    "p99",
    ...batchSizes.map((size) => `pictures/s of ${size}`),
    "memory",
  ];
  const rows = engines.map(({ name, latencyMs, throughput, peakMemoryBytes }) => [
    name,
    ...[latencyMs.min, latencyMs.p50, latencyMs.p90, latencyMs.p99].map((ms) => `${formatFigure(ms)} ms`),
    ...batchSizes.map((size) => {
      const found = throughput.find(({ batchSize }) => batchSize === size);
      return found ? formatFigure(found.imagesPerSecond) : "–";
    }),
    formatBytes(peakMemoryBytes),
  ]);
  const [titles = "", ...lines] = formatTable([header, ...rows]);
  return [
    `${colors.bold("model")}   pictures of ${inputShape.join("×")}, ${formatParameters(parameters)} parameters, ${formatBytes(modelBytes)} of files`,
    ...engines.map(
      ({ name, device, threads, measuredAt }) =>
        `${colors.bold("engine")}  ${[`${name}: ${device}`, ...describeThreads(threads), ...describeTime(measuredAt)].join(" · ")}`,
    ),
    "",
    colors.bold(titles),
    ...lines,
    ...(unavailable.length > 0 ? [""] : []),
    ...unavailable.map(({ name, reason }) => colors.dim(`${name}: ${reason}`)),
  ];
}

/** Of earlier figures. */
function describeTime(measuredAt: string | undefined): string[] {
  return measuredAt === undefined ? [] : [`measured ${measuredAt.slice(0, 10)}`];
}

function enginesArgument(text: string): EngineName[] {
  return text.split(",").map((name) => {
    const engine = parseEngineFlag(name.trim());
    if (engine === "auto") throw new InvalidArgumentError("Expected the names of engines.");
    return engine;
  });
}

function countsArgument(text: string): number[] {
  return text.split(",").map(countArgument);
}

function secondsArgument(text: string): number {
  const seconds = numberArgument(text);
  if (seconds < 0) throw new InvalidArgumentError("Expected a number from 0 up.");
  return seconds;
}
