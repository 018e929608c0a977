/**
 * Where a classifier fails: its accuracy on pictures that share a property, beside all others. Chung et al. 2019, "Slice Finder",
 * https://arxiv.org/abs/1807.06068, in its simplest form: slices of one property, each tested against the rest.
 * Many slices are looked at, so p-values are corrected: Holm 1979, https://www.jstor.org/stable/4615733
 */
import type { Predictions, Slice } from "@convkit/schema";
import { checkPredictions } from "./check-predictions.js";
import { correctByHolm } from "./correct-by-holm.js";
import { fisherExact } from "./fisher-exact.js";
import { predictedClasses } from "./predicted-classes.js";
import { wilsonInterval } from "./wilson-interval.js";

/** Of one picture: columns of a manifest, properties. What has no value is ""; what is not known is not there. */
export type PictureAttributes = Readonly<Record<string, string | number>>;

export interface SliceOptions {
  /** Pictures below which there is no slice; rarer values are gathered. 10 if left out. */
  readonly minCount?: number | undefined;
  /** Slices of equally many pictures that a column of numbers is cut into. 5 if left out. */
  readonly bins?: number | undefined;
  /** How many to return; all are tested. 100 if left out. */
  readonly count?: number | undefined;
}

/** Values of a column that stand each for itself, the most frequent; numbers beyond are binned, texts gathered. */
const MOST_VALUES = 10;
/** What the rest is gathered under. */
const OTHERS = "(other)";

/**
 * Texts make a slice a value, those rarer than `minCount` one together; so do numbers of which there are few. Other numbers are
 * cut at their quantiles, equal ones never apart. A value that all pictures have makes none, and neither do pictures without one.
 * Pictures of which a column is not known, as pixels are measured of some alone, are no part of what its slices are held against.
 *
 * @param attributes of pictures by their ids.
 * @returns the worst first, by how much less accurate it is than the others; of equal ones the larger. None of label sets.
 * @throws {InvalidPredictionsError} if the predictions' parts do not fit each other.
 */
export function sliceReport(
  predictions: Predictions,
  attributes: ReadonlyMap<string, PictureAttributes>,
  options: SliceOptions = {},
): Slice[] {
  const { minCount = 10, bins = 5, count: most = 100 } = options;
  checkPredictions(predictions);
  if (predictions.labelSets) return [];
  const predicted = predictedClasses(predictions);
  const judged = predictions.ids.flatMap((id, row) => {
    const label = predictions.labels[row]!;
    return label < 0 ? [] : [{ isHit: predicted[row] === label, attributes: attributes.get(id) }];
  });
  const columns = new Set(judged.flatMap((picture) => Object.keys(picture.attributes ?? {})));
  const slices = [...columns].flatMap((by) => {
    const known = judged.flatMap(({ isHit, attributes: own }) => {
      const value = own?.[by];
      return value === undefined ? [] : [{ isHit, value }];
    });
    const all = tally(known);
    const valued = known.filter(({ value }) => value !== "");
    return slicesOf(valued, { minCount, bins }).map(({ value, members }) => {
      const own = tally(members);
      return { by, value, own, rest: { hits: all.hits - own.hits, count: all.count - own.count } };
    });
  });
  const tested = slices
    .filter(({ own, rest }) => own.count >= minCount && rest.count > 0)
    .map(({ by, value, own, rest }) => {
      return {
        by,
        value,
        count: own.count,
        accuracy: own.hits / own.count,
        interval: wilsonInterval(own.hits, own.count),
        difference: own.hits / own.count - rest.hits / rest.count,
        pValue: fisherExact(pairOf(own), pairOf(rest)),
      };
    });
  const corrected = correctByHolm(tested.map(({ pValue }) => pValue));
  return tested
    .map((slice, i) => ({ ...slice, pValue: corrected[i]! }))
    .sort((a, b) => a.difference - b.difference || b.count - a.count)
    .slice(0, most);
}

interface Tally {
  readonly hits: number;
  readonly count: number;
}

const tally = (pictures: readonly { readonly isHit: boolean }[]): Tally => ({
  hits: pictures.filter(({ isHit }) => isHit).length,
  count: pictures.length,
});

const pairOf = ({ hits, count }: Tally) => ({ hits, misses: count - hits });

interface Valued {
  readonly isHit: boolean;
  readonly value: string | number;
}

interface Members {
  readonly value: string;
  readonly members: readonly Valued[];
}

function slicesOf(
  pictures: readonly Valued[],
  { minCount, bins }: { readonly minCount: number; readonly bins: number },
): Members[] {
  const byValue = groupBy(pictures, ({ value }) => String(value));
  const isNumeric = pictures.every(({ value }) => Number.isFinite(Number(value)));
  if (isNumeric && byValue.size > MOST_VALUES) return binned(pictures, bins);
  const values = [...byValue]
    .map(([value, members]) => ({ value, members }))
    .sort((a, b) => b.members.length - a.members.length);
  const kept = values.filter(({ members }, rank) => members.length >= minCount && rank < MOST_VALUES);
  const rest = values.slice(kept.length);
  // A column of names or remarks, each its own: nothing is shared.
  if (kept.length === 0) return [];
  return [...kept, { value: OTHERS, members: rest.flatMap(({ members }) => members) }];
}

function binned(pictures: readonly Valued[], bins: number): Members[] {
  const sorted = pictures.map((picture) => Number(picture.value)).sort((a, b) => a - b);
  const bounds = [
    ...new Set(
      Array.from({ length: bins }, (_, k) => sorted[Math.ceil(((k + 1) * sorted.length) / bins) - 1]!),
    ),
  ];
  const ofBin = groupBy(pictures, ({ value }) => bounds.findIndex((bound) => Number(value) <= bound));
  return [...ofBin].map(([, members]) => {
    const values = members.map(({ value }) => Number(value));
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return { value: low === high ? inShort(low) : `${inShort(low)} to ${inShort(high)}`, members };
  });
}

function groupBy<Key>(pictures: readonly Valued[], keyOf: (picture: Valued) => Key): Map<Key, Valued[]> {
  const groups = new Map<Key, Valued[]>();
  for (const picture of pictures) {
    const members = groups.get(keyOf(picture));
    if (members) members.push(picture);
    else groups.set(keyOf(picture), [picture]);
  }
  return groups;
}

const inShort = (value: number): string =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));
