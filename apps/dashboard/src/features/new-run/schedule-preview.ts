/** The learning rate over a run, from a config that is still being written: what is drawn beside the form. */
import { createSchedule, trainingStepsPerEpoch, type Schedule } from "@convkit/schema/schedule";
import type { ScheduleSpec } from "@convkit/schema";
import { CONTENT_HASH, SOURCE, type KnownDataset } from "./dataset-choice";
import { spelledOut, variantOf, type Field } from "./describe-fields";
import { isObject, valueAt, type Json, type JsonObject } from "./json-value";

export interface SchedulePreview {
  readonly name: string;
  readonly epochs: number;
  /** The rate at steps that lie evenly over the run, and at the highest, the first and the last. */
  readonly points: readonly { readonly epoch: number; readonly rate: number }[];
  readonly highest: { readonly epoch: number; readonly rate: number };
  readonly stepsPerEpoch: number;
  /** Pictures that the steps were counted from; null: the number is a guess. */
  readonly pictures: number | null;
  /** The metric whose standstill makes the rate fall, which a drawing cannot know. */
  readonly monitor: string | null;
}

type CountedDataset = Pick<KnownDataset, "contentHash" | "source" | "pictures">;

const GUESSED_STEPS = 100;
const MOST_POINTS = 400;
/** That are looked through for the highest rate; of a longer run, those that are drawn. */
const MOST_STEPS = 100_000;
/** Beyond them a drawing tells nothing more, and counting them would hold up the typing. */
const MOST_EPOCHS = 1e6;

/**
 * @param fields of the whole form: they have the defaults.
 * @returns null while something that the drawing needs is no number, or missing.
 */
export function previewSchedule(
  config: JsonObject,
  fields: readonly Field[],
  datasets: readonly CountedDataset[],
): SchedulePreview | null {
  const numberAt = (key: string): number => {
    const value = config[key] ?? fields.find((field) => field.key === key)?.initial;
    return typeof value === "number" ? value : Number.NaN;
  };
  const [learningRate, epochs, batchSize] = [
    numberAt("learningRate"),
    numberAt("epochs"),
    numberAt("batchSize"),
  ];
  const spec = filledIn(config["schedule"], fields);
  if (!spec || !(learningRate > 0) || !isCount(epochs) || epochs > MOST_EPOCHS) return null;
  if (spec.name === "step" && spec.stepEpochs === undefined && spec.milestones === undefined) return null;
  const pictures = trainingPictures(config, datasets);
  const perStep = batchSize * (typeof config["accumulate"] === "number" ? config["accumulate"] : 1);
  const isCounted = pictures !== null && isCount(perStep);
  const stepsPerEpoch = isCounted ? trainingStepsPerEpoch(pictures, perStep) : GUESSED_STEPS;
  const totalSteps = epochs * stepsPerEpoch;
  const schedule = createSchedule(spec, {
    learningRate,
    totalSteps,
    stepsPerEpoch,
  });
  const steps = evenly(Math.min(totalSteps, MOST_POINTS), totalSteps);
  const peak = highestOf(schedule, totalSteps > MOST_STEPS ? steps : evenly(totalSteps, totalSteps));
  const points = [...new Set([...steps, peak])]
    .sort((a, b) => a - b)
    .map((step) => ({ epoch: step / stepsPerEpoch, rate: schedule(step) }));
  // A text where a number belongs, or a number out of its bounds.
  if (!points.every(({ rate }) => Number.isFinite(rate) && rate >= 0)) return null;
  return {
    name: spec.name,
    epochs,
    points,
    highest: { epoch: peak / stepsPerEpoch, rate: schedule(peak) },
    stepsPerEpoch,
    pictures: isCounted ? pictures : null,
    monitor: spec.name === "reduce-on-plateau" ? spec.monitor : null,
  };
}

/** So many of the steps, the first and the last among them. */
const evenly = (count: number, totalSteps: number): number[] =>
  Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index / (count - 1)) * (totalSteps - 1)),
  );

/** The first of the steps with the highest rate. */
const highestOf = (schedule: Schedule, steps: readonly number[]): number =>
  steps.reduce((most, step) => (schedule(step) > schedule(most) ? step : most));

const isCount = (value: number) => Number.isInteger(value) && value > 0;

/** The schedule with every default; null if there is none of its name, or a number of it is none. */
function filledIn(value: Json | undefined, fields: readonly Field[]): ScheduleSpec | null {
  const field = fields.find(({ key }) => key === "schedule");
  if (field?.kind !== "variants") return null;
  const given = spelledOut(value ?? field.initial, field.variants);
  const variant = variantOf(given, field.variants);
  if (!variant || !isObject(given)) return null;
  const spec = { ...given };
  for (const { key, kind, initial } of variant.fields) {
    if (spec[key] === undefined && initial !== undefined) spec[key] = initial;
    if (kind === "number" && spec[key] !== undefined && typeof spec[key] !== "number") return null;
    if (kind === "numbers" && spec[key] !== undefined && !Array.isArray(spec[key])) return null;
  }
  // Of a known name and with numbers where it has numbers, which is all that the drawing reads.
  return spec as unknown as ScheduleSpec;
}

/** All of the data set's: how many are held back is settled when the run starts. */
function trainingPictures(config: JsonObject, datasets: readonly CountedDataset[]): number | null {
  const hash = valueAt(config, CONTENT_HASH);
  const source = valueAt(config, SOURCE);
  const dataset =
    hash === undefined
      ? datasets.find((each) => each.source === source)
      : datasets.find((each) => each.contentHash === hash);
  const limit = valueAt(config, ["data", "limit", "train"]);
  if (!dataset) return typeof limit === "number" ? limit : null;
  return typeof limit === "number" ? Math.min(limit, dataset.pictures) : dataset.pictures;
}

/** What the drawing shows, for those who do not see it: `one-cycle over 10 epochs: starts at 0.002, …`. */
export function describeSchedule(preview: SchedulePreview, format: (rate: number) => string): string {
  const { name, epochs, points, highest } = preview;
  const first = points[0]!.rate;
  const last = points.at(-1)!.rate;
  const over = `${name} over ${epochsOf(epochs)}`;
  if (first === last && first === highest.rate) return `${over}: ${format(first)} throughout`;
  const peak =
    highest.rate === first
      ? ""
      : `, is highest after ${epochsOf(Number(highest.epoch.toFixed(1)))} at ${format(highest.rate)}`;
  return `${over}: starts at ${format(first)}${peak}, ends at ${format(last)}`;
}

export const epochsOf = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "epoch" : "epochs"}`;
