/** A line chart of one quantity over epochs, as inline SVG: no script, hover by `<title>`, colours by style sheet. */
import { epochTicks, niceTicks } from "./axis-ticks.js";
import { html, trusted, type Markup } from "./markup.js";

export interface Curve {
  /** "training" or "validation": the legend's word and the style sheet's class. */
  readonly name: "training" | "validation";
  /** One value an epoch; NaN and the infinities leave a gap. */
  readonly values: readonly number[];
}

export interface CurveChartOptions {
  readonly title: string;
  readonly epochs: readonly number[];
  readonly curves: readonly Curve[];
  readonly format: (value: number) => string;
  readonly formatTicks: (ticks: readonly number[]) => string[];
}

const WIDTH = 480;
const HEIGHT = 264;
const MARGIN = { top: 12, right: 16, bottom: 40, left: 56 };
const MOST_DOTS = 40;

/** Null where no curve has a finite value. */
export function curveChart({ title, epochs, curves, format, formatTicks }: CurveChartOptions): Markup | null {
  const finite = curves.flatMap(({ values }) => values.filter(Number.isFinite));
  if (finite.length === 0) return null;
  const yTicks = niceTicks(Math.min(...finite), Math.max(...finite), 5);
  const yLabels = formatTicks(yTicks);
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  const x = (epoch: number) => {
    const share = first === last ? 0.5 : (epoch - first) / (last - first);
    return round(MARGIN.left + share * (WIDTH - MARGIN.left - MARGIN.right));
  };
  const y = (value: number) => {
    const share = (value - yTicks[0]!) / (yTicks.at(-1)! - yTicks[0]!);
    return round(HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom));
  };
  const bandWidth = round((WIDTH - MARGIN.left - MARGIN.right) / epochs.length);

  return html`<svg class="curves" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title} per epoch">
    ${yTicks.map(
      (tick, index) =>
        html`<path class="grid" d="M${MARGIN.left} ${y(tick)}H${WIDTH - MARGIN.right}" />
          <text class="tick" x="${MARGIN.left - 8}" y="${y(tick)}" dy=".35em" text-anchor="end"
            >${yLabels[index]!}</text
          > `,
    )}${epochTicks(first, last, 8).map(
      (tick) =>
        html`<text class="tick" x="${x(tick)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle"
          >${tick}</text
        > `,
    )}
    <text class="tick" x="${WIDTH - MARGIN.right}" y="${HEIGHT - 4}" text-anchor="end">epoch</text>
    ${epochs.map(
      (epoch, index) =>
        html`<rect
          class="band"
          x="${round(x(epoch) - bandWidth / 2)}"
          y="${MARGIN.top}"
          width="${bandWidth}"
          height="${HEIGHT - MARGIN.top - MARGIN.bottom}"
          ><title>${hoverText(epoch, index)}</title></rect
        > `,
    )}${curves.map((curve) => html`<g class="${curve.name}">${drawCurve(curve)}</g>`)}
  </svg>`;

  function hoverText(epoch: number, index: number): string {
    const values = curves.map(({ name, values }) => `${name} ${format(values[index]!)}`);
    return [`epoch ${epoch}`, ...values].join("\n");
  }

  function drawCurve({ values }: Curve): Markup {
    const points = epochs.map((epoch, index) => ({ epoch, value: values[index]! }));
    let path = "";
    let isDrawing = false;
    for (const { epoch, value } of points) {
      if (Number.isFinite(value)) path += `${isDrawing ? "L" : "M"}${x(epoch)} ${y(value)}`;
      isDrawing = Number.isFinite(value);
    }
    const dots = points.filter(({ value }, index) => {
      const isAlone = !Number.isFinite(values[index - 1]) && !Number.isFinite(values[index + 1]);
      return Number.isFinite(value) && (isAlone || points.length <= MOST_DOTS);
    });
    return html`<path class="line" d="${trusted(path)}" />${dots.map(
        ({ epoch, value }) => html`<circle class="dot" cx="${x(epoch)}" cy="${y(value)}" r="2.6" />`,
      )}`;
  }
}

function round(coordinate: number): number {
  return Math.round(coordinate * 100) / 100;
}
