/** The judgement of one set of predictions. Accuracies and rates are fractions, losses are in nats. */
import { z } from "zod";
import { AnyNumber } from "./finite.js";

export const ClassReport = z.object({
  className: z.string(),
  support: z.int(),
  precision: AnyNumber,
  recall: AnyNumber,
  f1: AnyNumber,
  /** Of label sets: of pictures ranked by the label's probability; NaN for a label that no picture has. */
  averagePrecision: AnyNumber.optional(),
});
export type ClassReport = z.infer<typeof ClassReport>;

const Average = z.object({ precision: AnyNumber, recall: AnyNumber, f1: AnyNumber });

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
  worstMistakes: z.array(
    z.object({
      id: z.string(),
      label: z.int(),
      prediction: z.int(),
      probability: AnyNumber,
      labelProbability: AnyNumber,
    }),
  ),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;
