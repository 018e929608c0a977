/** The metrics that a verdict may be about, and its figures, as the page says them. */
import type { RunVerdict, VerdictInput } from "../../trpc/context";

type Metric = Extract<RunVerdict, { isOneMethod: boolean }>["metric"];
export type MetricName = NonNullable<VerdictInput["metric"]>;

export const METRIC_LABELS: Readonly<Record<MetricName, string>> = {
  accuracy: "Accuracy",
  balanced_accuracy: "Balanced accuracy",
  macro_f1: "Macro F1",
  mean_average_precision: "Mean average precision",
  loss: "Loss",
};

/** What an address asks for, if it is a metric. */
export function metricNameOf(asked: string | null): MetricName | undefined {
  return asked !== null && Object.hasOwn(METRIC_LABELS, asked) ? (asked as MetricName) : undefined;
}

/** The metrics that there are of such pictures; of pictures that nobody has compared yet, all of them. */
export function metricOptions(verdict: RunVerdict | undefined): { value: MetricName; label: string }[] {
  const figures = verdict?.comparison?.groups[0]?.figures ?? METRIC_LABELS;
  return (Object.keys(figures) as MetricName[]).map((value) => ({ value, label: METRIC_LABELS[value] }));
}

/** A difference with its sign: of fractions in points of a hundred. */
export function differenceFormat({ isFraction }: Pick<Metric, "isFraction">): (value: number) => string {
  return (value) => {
    if (!Number.isFinite(value)) return "–";
    const text = isFraction ? (100 * value).toFixed(2) : value.toFixed(4);
    if (!/[1-9]/.test(text)) return "0";
    return text.startsWith("-") ? text.replace("-", "−") : `+${text}`;
  };
}
