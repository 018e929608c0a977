/** Numbers as people read them in tables, tooltips and axes. */

export interface FormatMetricOptions {
  /** `percent` multiplies by 100 and keeps two decimals: for accuracies and shares. */
  style?: "number" | "percent";
  /** Significant digits of a number; 4 unless said otherwise. */
  digits?: number;
  /** The least difference that must show, as between the ticks of an axis: more digits where 4 hide it. */
  resolution?: number | undefined;
}

const missing = "–";

function withThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function withoutTrailingZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * 0.86231 → `0.8623`, 0.0000123 → `1.23e-5`, 12345 → `12,345`, null → `–`. What is not finite keeps its name: `NaN`,
 * `∞`, `−∞`. A negative number gets a true minus.
 */
export function formatMetric(value: number | null | undefined, options: FormatMetricOptions = {}): string {
  const { style = "number", resolution } = options;
  if (value === null || value === undefined) return missing;
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (style === "percent") return `${sign}${withoutTrailingZeros((size * 100).toFixed(2))}%`;
  if (size === 0) return "0";
  const shown = resolution === undefined ? 0 : Math.floor(Math.log10(size)) + 1 + decimalsOf(resolution);
  const digits = Math.max(options.digits ?? 4, Math.min(17, shown));
  if (size >= 1e9 || size < 1e-4) {
    const [mantissa, exponent] = size
      .toExponential(Math.max(0, digits - 2, Math.min(17, shown) - 1))
      .split("e");
    return `${sign}${withoutTrailingZeros(mantissa ?? "")}e${(exponent ?? "").replace("+", "")}`;
  }
  if (Number.isInteger(size)) return sign + withThousands(String(size));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const [whole = "0", fraction] = withoutTrailingZeros(size.toFixed(Math.min(decimals, 20))).split(".");
  return sign + withThousands(whole) + (fraction === undefined ? "" : `.${fraction}`);
}

/** How many decimals tell multiples of `step` apart: 0.05 → 2, 50 → −1. */
export function decimalsOf(step: number): number {
  return step > 0 && Number.isFinite(step) ? Math.min(20, -Math.floor(Math.log10(step) + 1e-9)) : 0;
}

/** `0.912 ± 0.004`: the mean with as many decimals as the deviation needs for two digits. */
export function formatMeanAndDeviation(mean: number, deviation: number | null): string {
  if (deviation === null || !Number.isFinite(deviation) || !Number.isFinite(mean)) return formatMetric(mean);
  if (deviation === 0) return `${formatMetric(mean)} ± 0`;
  const decimals = 1 - Math.floor(Math.log10(deviation));
  if (decimals < 0 || decimals > 6)
    return `${formatMetric(mean)} ± ${formatMetric(deviation, { digits: 2 })}`;
  return `${mean < 0 ? "−" : ""}${Math.abs(mean).toFixed(decimals)} ± ${deviation.toFixed(decimals)}`;
}
