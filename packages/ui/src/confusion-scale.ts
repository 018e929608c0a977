/** Colour steps of a confusion matrix, whose rows are labels; or of a transposed one, whose rows are predictions. */

export interface ConfusionScale {
  /** Pictures of each row. */
  totals: number[];
  /** The largest share of a row that was mistaken for one class. */
  worstShare: number;
}

/** theme.css has steps 0 to 8. */
const lastStep = 8;

export function confusionScale(counts: readonly ArrayLike<number>[]): ConfusionScale {
  const totals = counts.map((row) => Array.from(row).reduce((sum, count) => sum + count, 0));
  let worstShare = 0;
  counts.forEach((row, label) => {
    const total = totals[label] ?? 0;
    for (let prediction = 0; prediction < row.length; prediction++) {
      if (prediction === label || total === 0) continue;
      worstShare = Math.max(worstShare, (row[prediction] ?? 0) / total);
    }
  });
  return { totals, worstShare };
}

/**
 * 0 to 8, or null for an empty cell. Right answers by their share of the row; mistakes by the root of their share of
 * the worst one, so that small ones are told from none.
 */
export function cellStep(
  { totals, worstShare }: ConfusionScale,
  label: number,
  prediction: number,
  count: number,
): number | null {
  const total = totals[label] ?? 0;
  if (count === 0 || total === 0) return null;
  const share = count / total;
  // Below half a class is not recognised at all; the scale is spent above.
  const strength = label === prediction ? share ** 2 : Math.sqrt(share / worstShare);
  return Math.min(lastStep, Math.floor(strength * (lastStep + 0.999)));
}

/** 1234 → `1.2k` where it would not fit. */
export function shortCount(count: number, narrow: boolean): string {
  if (count < (narrow ? 1000 : 10_000)) return String(count);
  const thousands = count / 1000;
  return `${thousands < 9.95 ? thousands.toFixed(1) : Math.round(thousands)}k`;
}
