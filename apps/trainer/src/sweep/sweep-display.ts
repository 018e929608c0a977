/** What a sweep shows: a line as each trial ends, and at last all of them, the best first; or JSON, one object a line. */
import { basename, relative } from "node:path";
import { isHigherBetter, type SweepStep } from "@convkit/schema";
import { print, printJson, type CommandContext } from "../commands/command-context.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { describeEngine } from "../display/describe-run.js";
import { formatDuration, formatLoss, formatPercent, formatTable } from "../display/format.js";
import { createLineWriter, type LineWriter } from "../display/line-writer.js";
import { ProgressEstimate } from "../display/progress-estimate.js";
import { describeProgress } from "../display/text-display.js";
import type { ChildMessage, ChildOutcome } from "../process/protocol.js";
import type { TrialEnded } from "./sweep-folder.js";
import { describeParameters, describeValue, type Sweep, type SweepPlan } from "./sweep-plan.js";

const LONGEST_REASON = 160;

export interface SweepSummary {
  /** One of each trial that has ended. */
  readonly ended: readonly TrialEnded[];
  readonly best: TrialEnded;
  /** Trains the best config by itself. */
  readonly command: string;
}

export interface SweepDisplay {
  /** Where progress of other work shows; undefined: nowhere. */
  readonly writer: LineWriter | undefined;
  begin(start: { readonly id: string; readonly directory: string; readonly ended: number }): void;
  /** What a trial's training process says. */
  message(step: SweepStep, message: Exclude<ChildMessage, ChildOutcome>): void;
  note(text: string): void;
  /** A line that a library printed. */
  output(line: string): void;
  trial(ended: TrialEnded): void;
  end(summary: SweepSummary): void;
  close(): void;
}

export interface SweepDisplayOptions {
  readonly context: CommandContext;
  readonly sweep: Sweep;
  readonly plan: SweepPlan;
  readonly json: boolean;
}

export function createSweepDisplay(options: SweepDisplayOptions): SweepDisplay {
  return options.json ? jsonDisplay(options) : textDisplay(options);
}

function jsonDisplay({ context, sweep, plan }: SweepDisplayOptions): SweepDisplay {
  const toJson = ({ trial, rung, formatVersion: _, type: __, ...ended }: TrialEnded) => ({
    trial: trial + 1,
    rung,
    epochs: plan.rungs[rung]!.epochs,
    parameters: plan.trials[trial],
    ...ended,
  });
  return {
    writer: undefined,
    begin: ({ id, directory, ended }) =>
      printJson(context, {
        type: "sweepStarted",
        id,
        name: sweep.name,
        directory,
        trials: plan.trials.length,
        ended,
      }),
    message: (_, message) => void (message.type === "note" && printJson(context, message)),
    note: (text) => printJson(context, { type: "note", text }),
    output: (line) => void context.stderr.write(`${line}\n`),
    trial: (ended) => printJson(context, { type: "trial", ...toJson(ended) }),
    end: ({ ended, best, command }) =>
      printJson(context, {
        type: "result",
        name: sweep.name,
        trials: ended.length,
        failed: ended.filter(({ status }) => status === "failed").length,
        metric: sweep.spec.metric.name,
        best: toJson(best),
        command,
      }),
    close: () => undefined,
  };
}

function textDisplay({ context, sweep, plan }: SweepDisplayOptions): SweepDisplay {
  const { stdout, stderr, colors, home } = context;
  const writer = createLineWriter(stdout);
  const { name: metric } = sweep.spec.metric;
  let estimate = new ProgressEstimate();
  let shown: SweepStep | undefined;
  let hasEngine = false;
  const titleOf = ({ trial, rung }: SweepStep): string => {
    const { epochs } = plan.rungs[rung]!;
    return `trial ${trial + 1}/${plan.trials.length}${epochs === undefined ? "" : `, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`}`;
  };
  // What is better the higher it is (an accuracy, a precision, an F1) is a part of one.
  const formatValue = isHigherBetter(metric) ? formatPercent : formatLoss;
  return {
    writer,
    begin({ directory, ended }) {
      const parameters = Object.keys(sweep.spec.parameters).join(", ");
      const [first] = plan.rungs;
      const rungs =
        plan.rungs.length === 1
          ? `${first!.trials} trials`
          : plan.rungs.map(({ trials, epochs }) => `${trials} × ${epochs}`).join(", ") + " epochs";
      writer.print(
        `${colors.bold("sweep")}   ${sweep.name}: ${sweep.spec.method.name}, ${rungs} over ${parameters} · ` +
          colors.dim(relative(process.cwd(), directory)),
      );
      if (ended > 0) writer.print(`${colors.bold("resume")}  ${ended} done before`);
    },
    message(step, message) {
      if (shown?.trial !== step.trial || shown.rung !== step.rung) {
        estimate = new ProgressEstimate();
        shown = step;
      }
      switch (message.type) {
        case "engine":
          if (!hasEngine) describeEngine(message.engine, colors).forEach((line) => writer.print(line));
          hasEngine = true;
          return;
        case "dataProgress":
          return showDataProgress(message.progress, writer, colors);
        case "note":
          return writer.print(colors.yellow(message.text));
        case "event": {
          const progress = estimate.update(message.event);
          return progress
            ? writer.status(`${titleOf(step)}  ${describeProgress(progress, colors)}`)
            : undefined;
        }
        default:
          message satisfies never;
      }
    },
    note: (text) => writer.print(colors.yellow(text)),
    output: (line) => writer.print(colors.dim(line), stderr),
    trial(ended) {
      const { value, status, reason, durationMs } = ended;
      const outcome =
        value === null || status === "failed"
          ? colors.red(`failed: ${inShort(reason)}`)
          : `${metric} ${colors.bold(formatValue(value))}`;
      writer.print(
        `${colors.bold(titleOf(ended))}  ${describeParameters(plan.trials[ended.trial]!)}  ${outcome}  ` +
          colors.dim(formatDuration(durationMs)),
      );
    },
    end({ ended, best, command }) {
      writer.close();
      const paths = Object.keys(sweep.spec.parameters);
      const sign = plan.isHigherBetter ? -1 : 1;
      const rows = ended
        .toSorted(
          (a, b) => b.rung - a.rung || sign * ((a.value ?? sign * Infinity) - (b.value ?? sign * Infinity)),
        )
        .map(({ trial, rung, value, durationMs, runId }) => [
          String(trial + 1),
          ...paths.map((path) => describeValue(plan.trials[trial]![path])),
          ...(plan.rungs.length > 1 ? [String(plan.rungs[rung]!.epochs)] : []),
          value === null ? "failed" : formatValue(value),
          formatDuration(durationMs),
          runId,
        ]);
      const epochs = plan.rungs.length > 1 ? ["epochs"] : [];
      print(context, [
        "",
        ...formatTable([["trial", ...paths, ...epochs, metric, "time", "run"], ...rows]),
        "",
        `${colors.bold("best")}    ${metric} ${colors.green(formatValue(best.value!))}: trial ${best.trial + 1}, ` +
          relative(process.cwd(), `${home}/runs/${basename(best.runId)}`),
        command,
      ]);
    },
    close: () => writer.close(),
  };
}

/** A diagnosis may quote what a process printed last. */
function inShort(reason: string): string {
  const [line = ""] = reason.split("\n");
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON - 1)}…` : line;
}
