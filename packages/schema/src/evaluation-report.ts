/** The judgement of one set of predictions. Accuracies and rates are fractions, losses are in nats. */
import { z } from "zod";
import { AnyNumber } from "./finite.js";

/** [low, high] of 95 %. */
const Interval = z.tuple([AnyNumber, AnyNumber]);
export type Interval = z.infer<typeof Interval>;

export const ClassReport = z.object({
  className: z.string(),
  support: z.int(),
  precision: AnyNumber,
  recall: AnyNumber,
  f1: AnyNumber,
  /** Of pictures ranked by the class's probability; NaN for a class that no picture has. */
  averagePrecision: AnyNumber.optional(),
  /** Area under the ROC curve, this class against the others; NaN where there are pictures on one side alone. */
  rocAuc: AnyNumber.optional(),
  /** Of `precision`, `recall`, `f1`, … as they are named here, without those that are perfect, or NaN. */
  intervals: z.record(z.string(), Interval).optional(),
});
export type ClassReport = z.infer<typeof ClassReport>;

const Average = z.object({ precision: AnyNumber, recall: AnyNumber, f1: AnyNumber });

/** Points of a curve, for drawing: thinned, the first and the last among them; none where there is no such curve. */
const CurvePoints = z.object({ x: z.array(AnyNumber), y: z.array(AnyNumber) });
export type CurvePoints = z.infer<typeof CurvePoints>;

/** One class against the others, all decisions together, and the mean of the classes. */
const CurveFamily = z.object({
  /** In the order of `classNames`; empty where there are too many to draw. */
  classes: z.array(CurvePoints),
  micro: CurvePoints,
  macro: CurvePoints.optional(),
  microArea: AnyNumber,
  /** The plain mean of the classes' areas, without those that have none. */
  macroArea: AnyNumber,
});
export type CurveFamily = z.infer<typeof CurveFamily>;

/**
 * Pictures whose confidence lies in (lower, upper]; without any, `confidence` and `accuracy` are NaN. Of label sets, every label of
 * every picture counts as one: `confidence` is its probability, `accuracy` the share that has it.
 */
const CalibrationBin = z.object({
  lower: AnyNumber,
  upper: AnyNumber,
  count: z.int(),
  /** Mean probability of what was predicted. */
  confidence: AnyNumber,
  accuracy: AnyNumber,
});
export type CalibrationBin = z.infer<typeof CalibrationBin>;

/** How far probabilities can be taken at their word. */
export const Calibration = z.object({
  /** Expected calibration error over bins of equal width. */
  ece: AnyNumber,
  /** The same over bins of equally many pictures. */
  eceEqualMass: AnyNumber,
  /** Maximum calibration error over bins of equal width. */
  mce: AnyNumber,
  /** Of equal width: the reliability diagram. */
  bins: z.array(CalibrationBin),
});
export type Calibration = z.infer<typeof Calibration>;

/** Pictures that share a property, beside all. */
const Slice = z.object({
  /** A column of the manifest, or a property of the picture: `width`, `height`, `aspect`, `brightness`, `contrast`, `sharpness`, `colourfulness`. */
  by: z.string(),
  /** The column's value, or a range of the property: `12.5 to 40`. */
  value: z.string(),
  count: z.int(),
  accuracy: AnyNumber,
  interval: Interval,
  /** Accuracy of the slice less that of all other pictures. */
  difference: AnyNumber,
  /** That a difference as large comes by chance (Fisher's exact test, two-sided, Holm-corrected over all slices). */
  pValue: AnyNumber,
});
export type Slice = z.infer<typeof Slice>;

const JudgedPicture = z.object({
  id: z.string(),
  label: z.int(),
  prediction: z.int(),
  probability: AnyNumber,
  labelProbability: AnyNumber,
});
export type JudgedPicture = z.infer<typeof JudgedPicture>;

export const EvaluationReport = z.object({
  formatVersion: z.literal(1),
  split: z.string(),
  /** Pictures judged: those with a label. */
  testCount: z.int(),
  /** Of label sets, the share of labels that are right at a probability of 0.5. */
  accuracy: AnyNumber,
  /**
   * Mean of the labels' average precisions. There where pictures have label sets, and nowhere else: `topK`,
   * `confusionMatrix` and `worstMistakes`, which need one class a picture, are then empty.
   */
  meanAveragePrecision: AnyNumber.optional(),
  /** k → fraction of pictures whose label is among the k most probable classes. */
  topK: z.record(z.string(), AnyNumber),
  /** Mean cross-entropy in nats; of label sets, mean binary cross-entropy. */
  loss: AnyNumber,
  classNames: z.array(z.string()),
  perClass: z.array(ClassReport),
  macroAverage: Average,
  weightedAverage: Average,
  /** Counts, rows are labels, columns are predictions. */
  confusionMatrix: z.array(z.array(z.int())),
  worstMistakes: z.array(JudgedPicture),

  // What follows is not in reports of before there was such a figure; of label sets, what needs one class a picture is left out.

  /** Mean of the recalls of classes that have pictures. */
  balancedAccuracy: AnyNumber.optional(),
  cohenKappa: AnyNumber.optional(),
  matthewsCorrelation: AnyNumber.optional(),
  /** Sum over the classes of squared differences, mean over pictures: 0 to 2; of label sets their mean over the labels, 0 to 1. */
  brierScore: AnyNumber.optional(),
  /** Over all decisions together; of one class a picture all three are the accuracy. */
  microAverage: Average.optional(),
  /** Of figures by their names here (`macroAverage.f1`, `topK.5`): stratified bootstrap. Without those that are perfect, or NaN. */
  intervals: z.object({ resamples: z.int(), seed: z.int(), of: z.record(z.string(), Interval) }).optional(),
  roc: CurveFamily.optional(),
  precisionRecall: CurveFamily.optional(),
  calibration: Calibration.optional(),
  /**
   * Temperature scaling: softmax(logits / value), of label sets sigmoid; value fitted on another split. Every other figure here is of the network as it
   * is, `calibration` and `loss` of this one tell what the temperature makes of the same pictures.
   */
  temperature: z
    .object({
      value: AnyNumber,
      /** Fitted on so many pictures of this split. */
      split: z.string(),
      count: z.int(),
      calibration: Calibration,
      loss: AnyNumber,
    })
    .optional(),
  /** The least sure first, right or wrong. */
  mostUncertain: z.array(JudgedPicture).optional(),
  /** Worst first. */
  slices: z.array(Slice).optional(),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;
