/** The judgement of one set of predictions. Accuracies and rates are fractions, losses are in nats. */
import { z } from "zod";
import { AnyNumber } from "./finite.js";

export const ClassReport = z.object({
  className: z.string(),
  support: z.int(),
  precision: AnyNumber,
  recall: AnyNumber,
  f1: AnyNumber,
});
export type ClassReport = z.infer<typeof ClassReport>;

const Average = z.object({ precision: AnyNumber, recall: AnyNumber, f1: AnyNumber });

export const EvaluationReport = z.object({
  formatVersion: z.literal(1),
  split: z.string(),
  /** Pictures judged: those with a label. */
  testCount: z.int(),
  accuracy: AnyNumber,
  /** k → fraction of pictures whose label is among the k most probable classes. */
  topK: z.record(z.string(), AnyNumber),
  /** Mean cross-entropy in nats. */
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
