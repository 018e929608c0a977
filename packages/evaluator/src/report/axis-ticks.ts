/**
 * Round numbers along an axis: steps of 1, 2 or 5 times a power of ten.
 * Heckbert, "Nice numbers for graph labels", Graphics Gems (1990), p. 61.
 */

/**
 * About `count` ticks from at or below `low` to at or above `high`.
 * @param low finite and no greater than `high`; where they are as good as equal, the axis is widened around them.
 */
export function niceTicks(low: number, high: number, count: number): number[] {
  const isPoint = high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high), 1e-3);
  const reach = isPoint ? Math.max(Math.abs(low) * 0.1, 1e-9) : 0;
  const step = niceStep((high - low + 2 * reach) / count);
  const first = Math.floor((low - reach) / step + 1e-9);
  const last = Math.ceil((high + reach) / step - 1e-9);
  // Multiples, not a running sum: 3 × 0.1 is off by one rounding, 0.1 + 0.1 + 0.1 by two.
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Whole epochs from the first to the last, at most `count` of them. */
export function epochTicks(first: number, last: number, count: number): number[] {
  const step = Math.max(1, niceStep((last - first) / count));
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}

/** The ticks as text, all with as many decimals as the finest of them needs. */
export function tickLabels(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest >= 1e5 || largest < 1e-3)
    return ticks.map((tick) => (tick === 0 ? "0" : tick.toExponential(1)));
  // toPrecision: 0.07 × 100 is 7.000000000000001.
  const texts = ticks.map((tick) => String(Number(tick.toPrecision(12))));
  const decimals = Math.max(...texts.map((text) => text.split(".")[1]?.length ?? 0));
  return texts.map((text) => Number(text).toFixed(decimals));
}

function niceStep(roughStep: number): number {
  const power = 10 ** Math.floor(Math.log10(roughStep));
  const multiple = [1, 2, 5, 10].find((candidate) => candidate * power >= roughStep * (1 - 1e-9)) ?? 10;
  return multiple * power;
}
