/** `convkit train --plot-schedule`: the learning rate that a run would have, and no run. */
import type { WriteStream } from "node:tty";
import type { RunConfig } from "@convkit/schema";
import { createSchedule, trainingStepsPerEpoch, type Schedule } from "@convkit/schema/schedule";
import { createLineWriter } from "../display/line-writer.js";
import { formatRate, scheduleChart } from "../display/schedule-chart.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { withDataset } from "./with-dataset.js";

/** Where there is no terminal to ask. */
const USUAL_COLUMNS = 80;

/** @throws what opening the data set throws: an epoch is as long as that has training pictures. */
export async function plotSchedule(
  config: RunConfig,
  { json }: { readonly json: boolean },
  context: CommandContext,
): Promise<void> {
  const writer = createLineWriter(json ? context.stderr : context.stdout);
  const stopped = "Stopped. Nothing was drawn; what was seen of the pictures is kept.";
  const pictures = await withDataset(config.data, { context, writer, stopped }, (dataset) =>
    Promise.resolve(dataset.splits.train.length),
  );
  const { learningRate, epochs, batchSize, accumulate = 1, schedule: spec } = config;
  const stepsPerEpoch = Math.ceil(trainingStepsPerEpoch(pictures, batchSize) / accumulate);
  const totalSteps = epochs * stepsPerEpoch;
  const schedule = createSchedule(spec, { learningRate, totalSteps, stepsPerEpoch });
  if (json) {
    const rates = Array.from({ length: totalSteps }, (_, step) => schedule(step));
    return printJson(context, { type: "schedule", schedule: spec, stepsPerEpoch, totalSteps, rates });
  }
  const { columns = USUAL_COLUMNS } = context.stdout as Partial<WriteStream>;
  print(context, [
    ...scheduleChart(schedule, { totalSteps, stepsPerEpoch, columns }),
    "",
    `${context.colors.bold("schedule")}  ${spec.name}: ${describe(schedule, totalSteps)}`,
    `${context.colors.bold("steps")}     ${spell(totalSteps)}: ${spell(epochs)} × ${spell(stepsPerEpoch)}`,
    ...(spec.name === "reduce-on-plateau"
      ? [
          `          Falls to ${formatRate(spec.factor)} of it once ${spec.monitor} has not improved for ${spec.patience} epochs: not shown.`,
        ]
      : []),
  ]);
}

/** `0.002 at first, 0.05 at step 1,170, 2e-7 at the last` */
function describe(schedule: Schedule, totalSteps: number): string {
  let peak = 0;
  for (let step = 1; step < totalSteps; step++) if (schedule(step) > schedule(peak)) peak = step;
  return [
    `${formatRate(schedule(0))} at first`,
    ...(peak > 0 ? [`${formatRate(schedule(peak))} at step ${spell(peak + 1)}`] : []),
    `${formatRate(schedule(totalSteps - 1))} at the last`,
  ].join(", ");
}

const spell = (count: number): string => count.toLocaleString("en-US");
