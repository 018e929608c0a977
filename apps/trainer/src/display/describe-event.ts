/** The lines a train event leaves in the terminal; most leave none. */
import { describeTransforms, type RunConfig, type TrainEvent } from "@convkit/schema";
import { formatFlops, formatDuration, formatImageShape, formatLoss, formatPercent } from "./format.js";
import type { Colors } from "./text-display.js";

/** Part of an epoch, above which waiting for data is worth a word. */
const LONG_WAIT = 0.1;

type EventOf<Type extends TrainEvent["type"]> = Extract<TrainEvent, { type: Type }>;

export function describeEvent(event: TrainEvent, colors: Colors): string[] {
  switch (event.type) {
    case "runStarted":
      return describeStart(event, colors);
    case "resumed":
      return [
        `${colors.bold("resume")}  from step ${event.fromStep}, ${describeEpochsDone(event.fromEpoch)}`,
      ];
    case "epochEnded":
      return [describeEpoch(event, colors)];
    case "message":
      return [event.level === "warning" ? colors.yellow(`warning  ${event.text}`) : colors.dim(event.text)];
    case "artifactSaved":
    case "checkpointSaved":
    case "evaluated":
    case "epochStarted":
    case "step":
    case "system":
    case "runEnded":
      return [];
    default:
      return event satisfies never;
  }
}

/** `fromEpoch` is the last whole epoch; the step may lie in the next. */
function describeEpochsDone(epochs: number): string {
  return epochs === 1 ? "1 epoch done" : `${epochs} epochs done`;
}

function describeStart(event: EventOf<"runStarted">, colors: Colors): string[] {
  const { config, dataset, model } = event;
  const counts = Object.entries(dataset.splits).map(
    ([name, { count }]) => `${count.toLocaleString("en-US")} ${name}`,
  );
  const shape = formatImageShape(dataset);
  const { optimizer, schedule, epochs, batchSize, learningRate, seed } = config;
  return [
    `${colors.bold("run")}     ${event.runId}`,
    `${colors.bold("data")}    ${dataset.name}: ${counts.join(", ")} · ${dataset.classNames.length} classes · ${shape}`,
    `${colors.bold("model")}   ${model.name}: ${model.trainableParameters.toLocaleString("en-US")} trainable parameters · ` +
      `${formatFlops(model.flops)} a picture`,
    `${colors.bold("plan")}    ${epochs} epochs of ${event.stepsPerEpoch} steps of ${batchSize} · ${optimizer.name}, ` +
      `learning rate ${learningRate}, ${schedule.name} · seed ${seed}`,
    ...describeAugmentation(config.transforms).map(
      (line, i) => `${i === 0 ? colors.bold("augment") : "       "} ${line}`,
    ),
  ];
}

/** A run's own config has its transforms written out. */
function describeAugmentation(transforms: RunConfig["transforms"]): string[] {
  if (transforms === null || typeof transforms === "string") return [];
  const { train, batch } = transforms;
  const ofBatches = describeTransforms(batch);
  return [
    ...describeTransforms(train),
    ...(ofBatches.length > 0 ? [`whole batches: ${ofBatches.join(" or ")}`] : []),
  ];
}

/** Of what an epoch took, the part spent waiting for data; null where it is short or not known. */
export function longWaitOf({ durationMs, dataWaitMs = 0 }: EventOf<"epochEnded">): number | null {
  const part = durationMs > 0 ? dataWaitMs / durationMs : 0;
  return part > LONG_WAIT ? part : null;
}

function describeEpoch(event: EventOf<"epochEnded">, colors: Colors): string {
  const { epoch, logs, durationMs } = event;
  const wait = longWaitOf(event);
  const waited = wait === null ? "" : colors.yellow(`, ${Math.round(100 * wait)} % waiting for data`);
  const loss = (name: string): string => formatLoss(logs[name] ?? Number.NaN);
  const accuracy = (name: string): string => formatPercent(logs[name] ?? Number.NaN).padStart(6);
  const validation =
    logs["val_loss"] === undefined
      ? ""
      : `  validation: loss ${loss("val_loss")}, ${
          logs["val_mean_average_precision"] === undefined
            ? `accuracy ${colors.bold(accuracy("val_accuracy"))}`
            : `mean average precision ${colors.bold(accuracy("val_mean_average_precision"))}, macro F1 ${accuracy("val_macro_f1")}`
        }`;
  return (
    `${colors.bold(`epoch ${String(epoch).padStart(3)}`)}  train: loss ${loss("loss")}, ` +
    `accuracy ${accuracy("accuracy")}${validation}  ${colors.dim(formatDuration(durationMs))}${waited}`
  );
}
