/** What a comparison found, in sentences that need no table beside them. */
import type { GroupComparison, GroupDifference } from "./compare-runs.js";
import { COMPARISON_METRICS, type ComparisonMetricName } from "./measures.js";

/** As "B is better than A by 0.8 points of accuracy (95 % 0.3–1.3; 10,000 pictures; 3 seeds each; p = 0.002)."; of several a line each. */
export function wordVerdict(comparison: Omit<GroupComparison, "verdict">): string {
  const { groups, differences, metric } = comparison;
  const [first, ...others] = groups.map(({ name, runIds }) => ({ name, runs: runIds.length }));
  const shared = [count(comparison.pictureCount, "picture"), seedsOf([first!, ...others])];
  const isAnyKnown = differences.some(({ interval }) => Number.isFinite(interval[0]));
  const caveat =
    isAnyKnown && groups.every(({ runIds }) => runIds.length === 1)
      ? " One run each: the interval is of these networks, and does not know what other seeds would give."
      : "";
  const [only, ...more] = differences;
  if (only && more.length === 0) {
    return `${sentenceOf(only, first!.name, { metric, facts: [...shared, testOf(only)] })}.${caveat}`;
  }
  const sentences = differences.map(
    (one) => `${sentenceOf(one, first!.name, { metric, facts: [testOf(one)] })}.`,
  );
  const together = `${shared.join(", ")}; p corrected for ${differences.length} comparisons with ${first!.name} (Holm).`;
  return `${[...sentences, together].join("\n")}${caveat}`;
}

interface SentenceOptions {
  readonly metric: ComparisonMetricName;
  readonly facts: readonly string[];
}

function sentenceOf(one: GroupDifference, first: string, { metric, facts }: SentenceOptions): string {
  const { better, words } = COMPARISON_METRICS[metric];
  const undecided = `No difference can be told between ${first} and ${one.name}`;
  if (Number.isNaN(one.difference)) return `${undecided}: their ${words} is NaN`;
  if (Number.isNaN(one.interval[0])) return `${undecided}: ${whyUnknown(one, words)}`;
  const [winner, loser] = one.outcome === "worse" ? [first, one.name] : [one.name, first];
  // Told from the better one's side; while undecided, from the group's.
  const isTurned = one.outcome === "undecided" ? false : (one.outcome === "worse") !== (better === "lower");
  const figures = wordDifference(one, metric, isTurned);
  const known = [`95 % ${figures.interval}`, ...facts].join("; ");
  if (one.outcome !== "undecided")
    return `${winner} is better than ${loser} by ${figures.difference} (${known})`;
  const [low, high] = one.interval;
  const why =
    low <= 0 && high >= 0
      ? "the interval of the difference holds 0"
      : `the interval leaves out 0, but p is not below 0.05`;
  return `${undecided}: ${why} (${figures.signed}; ${known})`;
}

/** Of pictures with one class each, every resample has all classes: what is not defined on one is a figure of labels. */
function whyUnknown({ undefinedShare }: GroupDifference, words: string): string {
  return (
    `their ${words} is not defined on ${Math.round(100 * undefinedShare)} % of the resamples, in which no picture has a label: ` +
    "more pictures that have one would tell"
  );
}

/** McNemar's p where there is one, which several comparisons correct as any other. */
function testOf({ test, correctedPValue }: GroupDifference): string {
  return `${test === "mcnemar" ? "McNemar " : ""}${wordPValue(correctedPValue)}`;
}

/** `p = 0.034`, `p = 0.002`, `p < 0.001`. */
function wordPValue(pValue: number): string {
  if (pValue < 0.001) return "p < 0.001";
  return `p = ${pValue.toFixed(pValue < 0.0995 ? 3 : 2)}`;
}

function wordDifference(
  { difference, interval }: GroupDifference,
  metric: ComparisonMetricName,
  isTurned: boolean,
) {
  const { words, isFraction } = COMPARISON_METRICS[metric];
  const scale = (isTurned ? -1 : 1) * (isFraction ? 100 : 1);
  const [low, high] = interval.map((end) => end * scale).sort((a, b) => a - b) as [number, number];
  const half = (high - low) / 2;
  // As many as tell the ends of the interval apart.
  const digits = Math.min(6, Math.max(isFraction ? 1 : 3, half > 0 ? -Math.floor(Math.log10(half)) : 0));
  const text = (value: number) => minus(withoutMinusZero(value.toFixed(digits)));
  const [from, to] = [text(low), text(high)];
  const unit = isFraction ? `points of ${words}` : `of ${words}`;
  const own = text(difference * scale);
  return {
    difference: `${own} ${unit}`,
    signed: `${/^[1-9]|^0.*[1-9]/.test(own) ? "+" : ""}${own} ${unit}`,
    interval: low < 0 ? `${from} to ${to}` : `${from}–${to}`,
  };
}

const withoutMinusZero = (text: string) => (/[1-9]/.test(text) ? text : text.replace("-", ""));
const minus = (text: string) => text.replace("-", "−");

/** `3 seeds each`, `1 run each`, or `3, 3 and 5 seeds`. */
function seedsOf(groups: readonly { readonly runs: number }[]): string {
  const counts = groups.map(({ runs }) => runs);
  if (counts.every((runs) => runs === 1)) return "1 run each";
  if (counts.every((runs) => runs === counts[0])) return `${counts[0]} seeds each`;
  return `${counts.slice(0, -1).join(", ")} and ${counts.at(-1)} seeds`;
}

const count = (of: number, what: string) => `${of.toLocaleString("en-US")} ${what}${of === 1 ? "" : "s"}`;
