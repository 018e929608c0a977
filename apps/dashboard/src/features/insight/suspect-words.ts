/** Reviews of labels and of sets of labels in words. */
import { formatMetric } from "@convkit/ui";
import type { LabelReview, LabelSetReview } from "../../trpc/context";
import { className } from "./known-picture";

/** "add edema (edema 93.1%), remove mass (mass 2.0%)": the probabilities are those of the labels, also where they are none. */
export function suspectWords(
  classNames: readonly string[],
  suspects: LabelSetReview["pictures"][number]["suspects"],
): string {
  return suspects
    .map(({ label, isThere, probability }) => {
      const name = className(classNames, label);
      return `${isThere ? "remove" : "add"} ${name} (${name} ${percent(probability)})`;
    })
    .join(", ");
}

/** As many decimals in every row, so that they stand below each other. */
export const percent = (value: number) =>
  Number.isFinite(value) ? `${(value * 100).toFixed(1)}%` : formatMetric(value);

/** How many pictures were judged, in which splits, and by what. */
export function judgedOf({ counts, folds }: Pick<LabelReview | LabelSetReview, "counts" | "folds">) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    total: total.toLocaleString("en"),
    splits: Object.entries(counts)
      .map(([split, count]) => `${count.toLocaleString("en")} ${split}`)
      .join(", "),
    learnt:
      folds > 0
        ? `Each was judged by a network that had not learnt from it (${folds} folds).`
        : "Pictures that the run has learnt from were not judged.",
  };
}
