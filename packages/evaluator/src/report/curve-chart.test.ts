import { expect, it } from "vitest";
import { curveChart, type Curve } from "./curve-chart.js";

function draw(epochs: number[], ...curves: Curve[]): string | null {
  const options = {
    title: "Loss",
    epochs,
    curves,
    format: String,
    formatTicks: (ticks: readonly number[]) => ticks.map(String),
  };
  return curveChart(options)?.text ?? null;
}
const paths = (svg: string | null) => [...svg!.matchAll(/class="line" d="([^"]*)"/g)].map(([, path]) => path);
const dotCount = (svg: string | null) => svg!.match(/class="dot"/g)?.length ?? 0;

it("draws points where they belong", () => {
  // x from 56 to 464, y from 224 (tick 0) to 12 (tick 1).
  const svg = draw([1, 2, 3], { name: "training", values: [1, 0.5, 0] });
  expect(paths(svg)).toEqual(["M56 12L260 118L464 224"]);
  expect(dotCount(svg)).toBe(3);
  expect(svg).toContain("<title>epoch 2\ntraining 0.5</title>");
});

it("leaves a gap where a value is not finite, and a dot for a point on its own", () => {
  const values = [1, NaN, 0.5, Infinity, 0, 0];
  const svg = draw([1, 2, 3, 4, 5, 6], { name: "validation", values });
  expect(paths(svg)[0]!.match(/[ML]/g)).toEqual(["M", "M", "M", "L"]);
  expect(dotCount(svg)).toBe(4);
});

it("sets a single epoch in the middle", () => {
  expect(paths(draw([1], { name: "training", values: [0.5] }))).toEqual(["M260 118"]);
});

it("draws no dots on long runs, save for points on their own", () => {
  const epochs = Array.from({ length: 100 }, (_, index) => index + 1);
  const values = epochs.map((epoch) => (epoch === 49 || epoch === 51 ? NaN : epoch));
  expect(dotCount(draw(epochs, { name: "training", values }))).toBe(1);
});

it("is nothing without a finite value", () => {
  expect(draw([1], { name: "training", values: [NaN] })).toBeNull();
});
