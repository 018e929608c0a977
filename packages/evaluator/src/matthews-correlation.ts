/**
 * The correlation of labels and predictions, which no share of a frequent class makes look good.
 * Gorodkin 2004, https://doi.org/10.1016/j.compbiolchem.2004.09.006 (of two classes: Matthews 1975); scikit-learn's
 * `matthews_corrcoef`.
 */
import { totalOf, type ClassCounts } from "./class-counts.js";

/**
 * R = (n Σₖ hitsₖ − Σₖ supportₖ predictedₖ) / √((n² − Σₖ predictedₖ²)(n² − Σₖ supportₖ²)). From −1 to 1, 0 by chance, and 0
 * where labels or predictions are all the same. NaN without a picture.
 */
export function matthewsCorrelation({ hits, predicted, support }: ClassCounts): number {
  const count = totalOf(support);
  if (count === 0) return Number.NaN;
  let both = 0;
  let ofPredictions = 0;
  let ofLabels = 0;
  for (let k = 0; k < support.length; k++) {
    both += support[k]! * predicted[k]!;
    ofPredictions += predicted[k]! ** 2;
    ofLabels += support[k]! ** 2;
  }
  const scale = Math.sqrt((count * count - ofPredictions) * (count * count - ofLabels));
  return scale === 0 ? 0 : (totalOf(hits) * count - both) / scale;
}
