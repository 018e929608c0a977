/**
 * The values of a sweep's trials. A draw depends on the seed, the trial's number and the parameter alone: more trials, or
 * another parameter, leave the others as they were. The one exception is a trial that comes out as an earlier one, and is
 * drawn again: whether it does is up to all parameters together.
 */
import { Rng } from "@convkit/random";
import type { SweepParameter, SweepSpec } from "@convkit/schema";

/** Values by dotted path of the config. */
export type TrialParameters = Readonly<Record<string, unknown>>;

/** A draw has so many, so that it can be read and typed. */
const SIGNIFICANT_DIGITS = 6;
/** Of one trial; a range so narrow that rounding leaves but a few numbers in it has no more. */
const MOST_DRAWS = 1_000_000;

/** There are fewer different trials than were asked for. */
export class TooFewValuesError extends Error {
  override readonly name = "TooFewValuesError";
}

/**
 * In the order in which they run. A grid changes its last parameter fastest.
 * @throws {TooFewValuesError} if so many different ones cannot be drawn.
 */
export function drawTrials({ method, parameters }: SweepSpec): TrialParameters[] {
  return method.name === "grid" ? combine(parameters) : draw(parameters, method);
}

function combine(parameters: SweepSpec["parameters"]): TrialParameters[] {
  return Object.entries(parameters).reduce<TrialParameters[]>(
    (trials, [path, parameter]) =>
      trials.flatMap((trial) => valuesOf(parameter).map((value) => ({ ...trial, [path]: value }))),
    [{}],
  );
}

function valuesOf(parameter: SweepParameter): unknown[] {
  return "values" in parameter ? parameter.values : [];
}

/** A run of the same values would come out the same: none is drawn twice. */
function draw(
  parameters: SweepSpec["parameters"],
  { trials: count, seed }: { readonly trials: number; readonly seed: number },
): TrialParameters[] {
  const most = Object.values(parameters).reduce((product, each) => product * countValues(each), 1);
  if (most < count) throw tooFew(count, most);
  const drawn = new Map<string, TrialParameters>();
  for (let trial = 0; trial < count; trial += 1) {
    const paths = Object.entries(parameters).map(([path, parameter]) => ({
      path,
      parameter,
      rng: Rng.fromSeed(seed).split(trial).split(path),
    }));
    let values: TrialParameters;
    let draws = 0;
    do {
      draws += 1;
      if (draws > MOST_DRAWS) throw tooFew(count, drawn.size);
      values = Object.fromEntries(paths.map(({ path, parameter, rng }) => [path, drawValue(parameter, rng)]));
    } while (drawn.has(JSON.stringify(values)));
    drawn.set(JSON.stringify(values), values);
  }
  return [...drawn.values()];
}

function tooFew(asked: number, most: number): TooFewValuesError {
  return new TooFewValuesError(
    `Expected at most as many trials as there are different ones. Received: ${asked} of ${most}. ` +
      'Ask for fewer, or for all of them by "method": "grid" and values.',
  );
}

function countValues(parameter: SweepParameter): number {
  if ("values" in parameter) return new Set(parameter.values.map((value) => JSON.stringify(value))).size;
  return parameter.integer ? parameter.max - parameter.min + 1 : Number.POSITIVE_INFINITY;
}

/** Whole numbers have half a step on either side, so that the ends are as likely as their neighbours. */
function drawValue(parameter: SweepParameter, rng: Rng): unknown {
  if ("values" in parameter) return parameter.values[rng.int(parameter.values.length)];
  const { min, max, scale, integer } = parameter;
  const margin = integer ? 0.5 : 0;
  const [low, high] = [min - margin, max + margin];
  const share = rng.uniform();
  const value =
    scale === "log"
      ? Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low)))
      : low + share * (high - low);
  const tidy = integer ? Math.round(value) : Number(value.toPrecision(SIGNIFICANT_DIGITS));
  return Math.min(max, Math.max(min, tidy));
}
