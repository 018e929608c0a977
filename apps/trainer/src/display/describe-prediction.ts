/** What a network sees in a picture, in words: a block of lines a picture, or a row of a table that is never held as a whole. */
import { withoutControls, type ModelCard } from "@convkit/schema";
import { formatPercent } from "./format.js";
import type { Colors } from "./text-display.js";

export interface PredictedClass {
  readonly className: string;
  readonly probability: number;
  /** Of a network of label sets: whether the picture is said to have the label. */
  readonly isThere?: boolean;
}

export interface PicturePrediction {
  readonly image: string;
  /** The most probable classes, best first; of a network of label sets all labels, whose probabilities do not sum to 1. */
  readonly classes: readonly PredictedClass[];
}

export type PredictionFormat = "text" | "table" | "json";

/** Whole lines, each with its end. */
export interface PredictionTeller {
  readonly header: string;
  textOf(prediction: PicturePrediction): string;
}

export interface PredictionTellerOptions {
  readonly card: ModelCard;
  /** How many classes a picture's prediction has. */
  readonly top: number;
  readonly colors: Colors;
}

export function predictionTeller(
  format: PredictionFormat,
  { card, top, colors }: PredictionTellerOptions,
): PredictionTeller {
  switch (format) {
    case "text":
      return { header: "", textOf: (prediction) => blockOf(prediction, colors) };
    case "table":
      return card.output === "binary-logits" ? labelTable(card.classNames) : classTable(card.classNames, top);
    case "json":
      return {
        header: "",
        textOf: (prediction) => `${JSON.stringify({ type: "prediction", ...prediction })}\n`,
      };
    default:
      return format satisfies never;
  }
}

function blockOf({ image, classes }: PicturePrediction, colors: Colors): string {
  const width = Math.max(...classes.map(({ className }) => className.length));
  const lines = classes.map(({ className, probability, isThere }) => {
    const mark = isThere === undefined ? "" : isThere ? "✓ " : "  ";
    return `  ${formatPercent(probability).padStart(7)}  ${mark}${className.padEnd(width)}`;
  });
  return textOfLines([colors.bold(withoutControls(image)), ...lines]);
}

/** `100.0 %` */
const PERCENT_WIDTH = 7;
const MOST_NAME_WIDTH = 24;

/** The picture stands last: how long its path is need not be known of all of them. */
function classTable(classNames: readonly string[], top: number): PredictionTeller {
  const width = Math.min(MOST_NAME_WIDTH, Math.max(...classNames.map(({ length }) => length)));
  const titles = Array.from({ length: top }, (_, i) => `class ${i + 1}`.padEnd(PERCENT_WIDTH + 2 + width));
  return {
    header: textOfLines([[...titles, "picture"].join("  ")]),
    textOf({ image, classes }) {
      const cells = classes.map(
        ({ className, probability }) =>
          `${formatPercent(probability).padStart(PERCENT_WIDTH)}  ${fitted(className, width)}`,
      );
      return textOfLines([[...cells, withoutControls(image)].join("  ")]);
    },
  };
}

/** A column for each label, in the order of the card. */
function labelTable(labels: readonly string[]): PredictionTeller {
  const widths = labels.map(({ length }) => Math.min(MOST_NAME_WIDTH, Math.max(PERCENT_WIDTH + 2, length)));
  return {
    header: textOfLines([[...labels.map((label, i) => fitted(label, widths[i]!)), "picture"].join("  ")]),
    textOf({ image, classes }) {
      const told = new Map(classes.map((one) => [one.className, one]));
      const cells = labels.map((label, i) => {
        const { probability = Number.NaN, isThere = false } = told.get(label) ?? {};
        const mark = isThere ? " ✓" : "";
        return `${formatPercent(probability).padStart(PERCENT_WIDTH)}${mark}`.padEnd(widths[i]!);
      });
      return textOfLines([[...cells, withoutControls(image)].join("  ")]);
    },
  };
}

function textOfLines(lines: readonly string[]): string {
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
