/**
 * Which params a metric depends on, over many runs: the share of the metric's variance that a param alone explains.
 * For values in groups it is ε², the correlation ratio η² = SS_between / SS_total less what as many groups explain by
 * chance (Kelley 1935, https://doi.org/10.1073/pnas.21.9.554). Numbers of many values are put into groups of about equal
 * size, equal values together. It is a hint and no experiment: params that were changed together share what they
 * explain.
 */

export interface ImportanceRow {
  readonly key: string;
  /** 0 to 1. */
  readonly importance: number;
  /** Spearman's rank correlation with the metric, −1 to 1; null where the param is not a number. */
  readonly correlation: number | null;
  /** Runs that have both. */
  readonly count: number;
}

export interface ImportanceInput {
  readonly key: string;
  /** One per run; null where a run has none. */
  readonly values: readonly (string | number | null)[];
}

const FEWEST_RUNS = 4;

/** @returns the params that vary, the most important first. */
export function paramImportance(
  params: readonly ImportanceInput[],
  metric: readonly (number | null)[],
): ImportanceRow[] {
  const rows = params.flatMap(({ key, values }) => {
    const pairs = values.flatMap((value, index) => {
      const y = metric[index];
      return value === null || y === null || y === undefined || !Number.isFinite(y) ? [] : [{ value, y }];
    });
    if (pairs.length < FEWEST_RUNS || new Set(pairs.map(({ value }) => value)).size < 2) return [];
    const isNumber = pairs.every(({ value }) => typeof value === "number");
    const correlation = isNumber
      ? spearman(
          pairs.map(({ value }) => value as number),
          pairs.map(({ y }) => y),
        )
      : null;
    return [{ key, importance: explainedShare(pairs, isNumber), correlation, count: pairs.length }];
  });
  return rows.sort((a, b) => b.importance - a.importance || (a.key < b.key ? -1 : 1));
}

interface Pair {
  readonly value: string | number;
  readonly y: number;
}

/** ε², which is η² less what groups explain by chance (Kelley 1935): 1 − MS_within / MS_total; never below 0. */
function explainedShare(pairs: readonly Pair[], isNumber: boolean): number {
  const groups = groupsOf(pairs, isNumber);
  const mean = average(pairs.map(({ y }) => y));
  const total = pairs.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
  const within = groups.reduce((sum, group) => {
    const center = average(group);
    return sum + group.reduce((inner, y) => inner + (y - center) ** 2, 0);
  }, 0);
  const freedom = pairs.length - groups.length;
  if (total === 0 || freedom <= 0) return 0;
  return Math.max(0, 1 - within / freedom / (total / (pairs.length - 1)));
}

function groupsOf(pairs: readonly Pair[], isNumber: boolean): number[][] {
  const distinct = new Map<string | number, number[]>();
  for (const { value, y } of pairs) distinct.set(value, [...(distinct.get(value) ?? []), y]);
  const most = Math.max(2, Math.floor(Math.sqrt(pairs.length)));
  if (!isNumber || distinct.size <= most) return [...distinct.values()];
  const groups: number[][] = [];
  for (const [, ys] of [...distinct].sort(([a], [b]) => Number(a) - Number(b))) {
    const last = groups.at(-1);
    if (last && last.length < pairs.length / most) last.push(...ys);
    else groups.push([...ys]);
  }
  return groups;
}

/** Pearson's correlation of the ranks, ties at their mean rank. */
function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const [meanX, meanY] = [average(x), average(y)];
  let products = 0;
  let squaresX = 0;
  let squaresY = 0;
  for (let index = 0; index < x.length; index += 1) {
    const [dx, dy] = [x[index]! - meanX, y[index]! - meanY];
    products += dx * dy;
    squaresX += dx * dx;
    squaresY += dy * dy;
  }
  return squaresX === 0 || squaresY === 0 ? 0 : products / Math.sqrt(squaresX * squaresY);
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let at = start; at < end; at += 1) found[order[at]!] = (start + end - 1) / 2 + 1;
    start = end;
  }
  return found;
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
