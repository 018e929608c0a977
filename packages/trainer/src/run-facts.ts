/** What the reports and the journal say about a run as a whole. */
import { basename } from "node:path";
import type { ReportContext } from "@convkit/evaluator";
import { countFlops, countParameters } from "@convkit/models";
import type { EvaluationReport, ModelSpec, TrainEvent, TrainEventBody } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { historyOf } from "./history.js";
import type { RunData } from "./run-data.js";
import type { EngineDescription } from "./run-options.js";

/** `resnet20`, `layers`, or the last part of a module's or a saved network's path. */
export function nameOfModel(spec: ModelSpec): string {
  if ("layers" in spec) return "layers";
  if ("classifier" in spec) return basename(spec.classifier);
  return "module" in spec ? basename(spec.module) : spec.name;
}

/** `native with 2 threads`. */
export function describeEngine({ name, threads }: { name: string; threads: number | null }): string {
  return threads === null ? name : `${name} with ${threads} thread${threads === 1 ? "" : "s"}`;
}

export function runStarted(
  data: RunData,
  engine: EngineDescription,
  { model, stepsPerEpoch }: { model: tf.LayersModel; stepsPerEpoch: number },
): TrainEventBody {
  const { config, card } = data;
  const { name, device, threads, versions } = engine;
  const { total, trainable } = countParameters(model);
  return {
    type: "runStarted",
    config,
    dataset: card,
    engine: { name, device, threads, versions: { ...versions } },
    model: {
      name: nameOfModel(config.model),
      parameters: total,
      trainableParameters: trainable,
      flops: countFlops(model),
    },
    stepsPerEpoch,
  };
}

/** What the run's pictures for judging say of its network. */
export function evaluated(report: EvaluationReport): TrainEventBody {
  return { type: "evaluated", split: report.split, count: report.testCount, logs: figuresOf(report) };
}

/** The figures of a report that stand for it, by their names in logs. */
export function figuresOf({
  accuracy,
  loss,
  meanAveragePrecision,
  macroAverage,
}: EvaluationReport): Record<string, number> {
  return {
    accuracy,
    loss,
    ...(meanAveragePrecision !== undefined && {
      mean_average_precision: meanAveragePrecision,
      macro_f1: macroAverage.f1,
    }),
  };
}

/** What a report shows beside the judgement, out of the run's journal. */
export function reportContext(runId: string, events: readonly TrainEvent[]): ReportContext {
  const history = historyOf(events);
  const started = events.findLast((event) => event.type === "runStarted");
  if (!started) return { run: { runId }, history };
  const { config, dataset, engine, model } = started;
  return {
    ...(config.name !== undefined && { title: config.name }),
    history,
    run: {
      runId,
      model: model.name,
      parameters: model.parameters,
      engine: describeEngine(engine),
      device: engine.device,
      data: dataset.name,
      contentHash: dataset.contentHash,
      command: "convkit train --config config.json",
      versions: engine.versions,
      seed: config.seed,
      epochs: history.length,
      batchSize: config.batchSize,
      durationMs: history.reduce((sum, { durationMs }) => sum + durationMs, 0),
      startedAt: started.timestamp,
    },
  };
}
