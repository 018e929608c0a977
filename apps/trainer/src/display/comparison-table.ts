/** Groups of runs beside each other, as a table. */
import { COMPARISON_METRICS, type GroupComparison } from "@convkit/evaluator";
import { withoutControls } from "@convkit/schema";
import { formatLoss } from "./format.js";

/** @param seeds of the runs by their ids. The first row is the table's head. */
export function comparisonRows(
  { metric, groups, differences }: GroupComparison,
  seeds: ReadonlyMap<string, number>,
): string[][] {
  const { words, isFraction } = COMPARISON_METRICS[metric];
  const head = ["group", "seeds", words, isFraction ? "points" : "difference", "95 %", "p"];
  return [
    head,
    ...groups.map(({ name, runIds, figures }, index) => {
      const { mean, deviation } = figures[metric]!;
      const figure = isFraction
        ? `${(100 * mean).toFixed(2)}${deviation === null ? "" : ` ± ${(100 * deviation).toFixed(2)}`} %`
        : `${formatLoss(mean)}${deviation === null ? "" : ` ± ${formatLoss(deviation)}`}`;
      const own = [withoutControls(name), runIds.map((id) => seeds.get(id)).join(", "), figure];
      const found = differences[index - 1];
      if (found === undefined) return [...own, "–", "–", "–"];
      const signed = (value: number) =>
        isFraction ? withSign((100 * value).toFixed(2)) : withSign(value.toFixed(4));
      const [low, high] = found.interval;
      return [
        ...own,
        signed(found.difference),
        Number.isNaN(low) ? "–" : `${signed(low)} to ${signed(high)}`,
        Number.isNaN(found.correctedPValue)
          ? "–"
          : found.correctedPValue < 0.001
            ? "< 0.001"
            : found.correctedPValue.toFixed(3),
      ];
    }),
  ];
}

const withSign = (text: string) => (text.startsWith("-") ? text.replace("-", "−") : `+${text}`);
