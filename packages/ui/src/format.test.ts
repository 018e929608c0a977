import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatBytes } from "./format-bytes.js";
import { formatDuration, formatRelativeTime } from "./format-duration.js";
import { formatMeanAndDeviation, formatMetric } from "./format-metric.js";
import { niceTicks } from "./scale.js";

describe("formatMetric", () => {
  test.each([
    [0.86231, "0.8623"],
    [0.86, "0.86"],
    [0, "0"],
    [-0, "0"],
    [1.2e-5, "1.2e-5"],
    [0.000123456, "0.0001235"],
    [-0.5, "−0.5"],
    [12.3456, "12.35"],
    [12345, "12,345"],
    [1234567.8, "1,234,568"],
    [50000, "50,000"],
    [2.5e12, "2.5e12"],
    [NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
    [null, "–"],
    [undefined, "–"],
  ])("%s → %s", (value, text) => expect(formatMetric(value)).toBe(text));

  test("percentages", () => {
    expect(formatMetric(0.8623, { style: "percent" })).toBe("86.23%");
    expect(formatMetric(1, { style: "percent" })).toBe("100%");
    expect(formatMetric(NaN, { style: "percent" })).toBe("NaN");
  });

  test("what is written is near the value: four digits, whatever its size", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (value) => {
        const read = Number(formatMetric(value).replace("−", "-").replaceAll(",", ""));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 0.006);
      }),
    );
  });
});

test("a mean is written with the decimals of its deviation", () => {
  expect(formatMeanAndDeviation(0.91234, 0.0042)).toBe("0.9123 ± 0.0042");
  expect(formatMeanAndDeviation(0.91234, null)).toBe("0.9123");
  expect(formatMeanAndDeviation(1234.5, 120)).toBe("1,235 ± 120");
  expect(formatMeanAndDeviation(NaN, NaN)).toBe("NaN");
  expect(formatMeanAndDeviation(-2.5, 0.25)).toBe("−2.50 ± 0.25");
});

describe("formatDuration", () => {
  test.each([
    [0, "0 s"],
    [0.4, "1 ms"],
    [850, "850 ms"],
    [999.7, "1 s"],
    [12_300, "12.3 s"],
    [59_999, "1 min"],
    [125_000, "2 min 5 s"],
    [3_599_600, "1 h"],
    [4_320_000, "1 h 12 min"],
    [86_399_000, "1 d"],
    [97_200_000, "1 d 3 h"],
    [-5, "0 s"],
    [NaN, "–"],
    [null, "–"],
  ])("%s ms → %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  test("never writes 60 s, 60 min or 24 h", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/\b(60(\.0)? s|60 min|24 h)\b/);
      }),
    );
  });
});

test("formatRelativeTime looks back, ahead, and far back as a date", () => {
  const now = Date.UTC(2026, 10, 26, 12);
  expect(formatRelativeTime(now, now - 3000)).toBe("just now");
  expect(formatRelativeTime(now, now - 12_000)).toBe("12 s ago");
  expect(formatRelativeTime(now, now - 3 * 3_600_000 - 5)).toBe("3 h ago");
  expect(formatRelativeTime(now, now + 300_000)).toBe("in 5 min");
  expect(formatRelativeTime(now, Date.UTC(2026, 2, 1))).toBe("2026-03-01");
  expect(formatRelativeTime(now, NaN)).toBe("–");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [501_800, "502 kB"],
  [1_234_567, "1.23 MB"],
  [45_600_000, "45.6 MB"],
  [999_900, "1.00 MB"],
  [999_999, "1.00 MB"],
  [2_000_000_000, "2.00 GB"],
  [null, "–"],
])("formatBytes(%s) → %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

describe("a resolution", () => {
  test.each([
    [[0.9999, 0.99992, 0.99994], 0.00002, ["0.9999", "0.99992", "0.99994"]],
    [[0.5, 1, 1.5], 0.5, ["0.5", "1", "1.5"]],
    [[0, 200, 400], 200, ["0", "200", "400"]],
    [[1e-7, 1.0001e-7], 1e-11, ["1e-7", "1.0001e-7"]],
    [[1, 1 + 1e-300], 1e-300, ["1", "1"]],
  ])("numbers %j at steps of %d", (values, resolution, texts) => {
    expect(values.map((value) => formatMetric(value, { resolution }))).toEqual(texts);
  });

  test("bytes and durations whose usual digits are the same are told apart", () => {
    const bytes = [1_205_000_000, 1_210_000_000, 1_215_000_000];
    expect(bytes.map((size) => formatBytes(size, 5_000_000))).toEqual(["1.205 GB", "1.210 GB", "1.215 GB"]);
    expect([1e9, 2e9].map((size) => formatBytes(size, 1e9))).toEqual(["1 GB", "2 GB"]);
    expect([28_150, 28_200].map((ms) => formatDuration(ms, 50))).toEqual(["28.15 s", "28.20 s"]);
    expect([0.5, 1].map((ms) => formatDuration(ms, 0.5))).toEqual(["0.5 ms", "1.0 ms"]);
    expect([10_000, 20_000].map((ms) => formatDuration(ms, 10_000))).toEqual(["10 s", "20 s"]);
    const hours = [7_350_000, 7_400_000, 7_440_000];
    expect(hours.map((ms) => formatDuration(ms, 50_000))).toEqual([
      "2 h 2 min 30 s",
      "2 h 3 min 20 s",
      "2 h 4 min",
    ]);
    const days = [90_000_000, 90_600_000];
    expect(days.map((ms) => formatDuration(ms, 600_000))).toEqual(["1 d 1 h", "1 d 1 h 10 min"]);
    expect([61_000, 61_200].map((ms) => formatDuration(ms, 200))).toEqual(["1 min 1 s", "1 min 1.2 s"]);
  });

  test("every tick of an axis has a name of its own", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(0), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (low, length) => {
          const ticks = niceTicks(low, low + length);
          const step = ticks[1]! - ticks[0]!;
          const texts = ticks.map((value) => formatMetric(value, { resolution: step }));
          expect(new Set(texts).size).toBe(ticks.length);
          const seconds = ticks.filter((value) => value >= 0);
          const durations = seconds.map((value) => formatDuration(value * 1000, step * 1000));
          if (step >= 0.001) expect(new Set(durations).size).toBe(seconds.length);
        },
      ),
    );
  });
});
