/** The first events of an attempt: what is about to run, and what a reader should know about it. */
import { describeBadFiles } from "@convkit/data";
import type { ForkPoint, TrainEvent, TrainEventBody } from "@convkit/schema";
import type { Checkpoint } from "./checkpoint.js";
import type { RunData } from "./run-data.js";
import { describeEngine, runStarted } from "./run-facts.js";
import type { EngineDescription } from "./run-options.js";
import type { RunParts } from "./run-parts.js";

export interface AnnounceOptions {
  readonly data: RunData;
  readonly engine: EngineDescription;
  /** What earlier attempts wrote. */
  readonly past: readonly TrainEvent[];
  readonly resumeFrom: Checkpoint | null;
  /** What is to be said of checkpoints that are not whole. */
  readonly damaged: readonly string[];
  readonly emit: (body: TrainEventBody) => void;
}

/** `runStarted` once in a run's life, `resumed` at every later attempt, then remarks. */
export function announce({ model, stepsPerEpoch, averages }: RunParts, options: AnnounceOptions): void {
  const { data, engine, past, resumeFrom, damaged, emit } = options;
  const started = past.findLast((event) => event.type === "runStarted");
  if (started) {
    const { step, epoch } = resumeFrom?.state ?? { step: 0, epoch: 1 };
    emit({ type: "resumed", fromStep: step, fromEpoch: epoch - 1 });
  } else {
    emit(runStarted(data, engine, { model, stepsPerEpoch }));
  }
  for (const text of damaged) emit({ type: "message", level: "warning", text });
  const { forkedFrom } = data.config;
  if (!started && forkedFrom) emit({ type: "message", level: "info", text: describeFork(forkedFrom) });
  const kept = averages.map(({ name }) => name as string);
  for (const name of Object.keys(resumeFrom?.averages ?? {}).filter((each) => !kept.includes(each))) {
    emit({ type: "message", level: "warning", text: describeLostAverage(name, forkedFrom) });
  }
  const leftOut = describeBadFiles(data.dataset.badFiles);
  if (leftOut) emit({ type: "message", level: "warning", text: `${leftOut}; ${whereListed(data)}.` });
  for (const text of data.dataset.warnings) emit({ type: "message", level: "warning", text: `${text}.` });
  for (const text of remarks(data)) emit({ type: "message", level: "info", text });
  for (const text of data.changedModules.map(describeChangedModule)) {
    emit({ type: "message", level: "warning", text });
  }
  if (started && describeEngine(started.engine) !== describeEngine(engine)) {
    const text =
      `The run was started on ${describeEngine(started.engine)} and goes on with ${describeEngine(engine)}: ` +
      "its weights will not be those of an uninterrupted run, bit for bit.";
    emit({ type: "message", level: "warning", text });
  }
}

function describeFork({ runId, step }: ForkPoint): string {
  return `Forked from ${runId} at step ${step}: that run's weights, optimizer, random state and place in the data go on here.`;
}

function describeLostAverage(name: string, forkedFrom: ForkPoint | undefined): string {
  const judged = name === "ema" ? ": the weights themselves are validated, judged and kept from here on" : "";
  const wayOut = forkedFrom
    ? `Begin another fork of ${forkedFrom.runId} with \`${name}\` to go on with them.`
    : `Interrupt the run and put \`${name}\` back before its next checkpoint to go on with them.`;
  return `The checkpoint has averaged weights of \`${name}\`, which the config no longer has${judged}. ${wayOut}`;
}

export function describeTornLine(tornBytes: number): TrainEventBody {
  const text = `The writer before died inside the journal's last line; its ${tornBytes} bytes were cut off.`;
  return { type: "message", level: "warning", text };
}

export function describeChangedModule(module: string): string {
  return (
    `${module} is not the file that the config was stored with: what it does now may not be what the run was ` +
    "trained with."
  );
}

function whereListed({ card: { badFiles, badFileCount } }: RunData): string {
  if (badFileCount === undefined) return "events.jsonl lists them";
  return `events.jsonl lists the first ${badFiles.length.toLocaleString("en-US")}, convkit data inspect --json all`;
}

function remarks({ config, dataset }: RunData): string[] {
  const { validation, test } = dataset.splits;
  const { earlyStopping, checkpoint, sweep } = config;
  const isWatchedApart = earlyStopping !== null && validation && earlyStopping.monitor !== checkpoint.monitor;
  return [
    ...(isWatchedApart
      ? [
          `Training ends once ${earlyStopping.monitor} no longer improves (earlyStopping.monitor); kept and judged are the ` +
            `weights of the epoch that was best by ${checkpoint.monitor} (checkpoint.monitor).`,
        ]
      : []),
    ...(validation ? [] : ["There are no validation pictures: the last epoch counts as the best one."]),
    ...(test && sweep
      ? ["A trial of a sweep is judged on validation: `convkit evaluate` looks at the test pictures."]
      : []),
    ...(test
      ? []
      : [
          validation
            ? "There are no test pictures: the report is on validation, which also chooses the checkpoint."
            : "There are no test pictures: the network will be saved, but not judged.",
        ]),
  ];
}
