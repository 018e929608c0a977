/** A chart whose two axes are fractions from 0 to 1, as inline SVG: ROC and precision–recall curves, the reliability diagram. */
import type { CurvePoints } from "@convkit/schema";
import { html, trusted, type Markup } from "./markup.js";

export interface UnitLine {
  /** A class of the style sheet. */
  readonly kind: string;
  /** What a pointer that rests on it reads. */
  readonly name: string;
  /** Points that are no finite numbers are left out. */
  readonly points: CurvePoints;
  /** Whether each point is marked. */
  readonly hasDots?: boolean;
}

export interface UnitChartOptions {
  /** Names the graph for those who do not see it. */
  readonly label: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** The later ones lie on top. */
  readonly lines: readonly UnitLine[];
  /** Draws the line of x = y. */
  readonly hasDiagonal: boolean;
  /** Fractions beneath the chart, one for each of equally wide parts of the x axis, drawn as bars. */
  readonly bars?: {
    readonly title: string;
    readonly shares: readonly number[];
    readonly names: readonly string[];
  };
}

const WIDTH = 480;
const PLOT_HEIGHT = 400;
const BARS_HEIGHT = 76;
const MARGIN = { top: 12, right: 24, bottom: 46, left: 66 };
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export function unitChart({ label, xTitle, yTitle, lines, hasDiagonal, bars }: UnitChartOptions): Markup {
  const floor = PLOT_HEIGHT - MARGIN.bottom;
  const height = bars ? PLOT_HEIGHT + BARS_HEIGHT : PLOT_HEIGHT;
  return html`<svg class="curves unit" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
    ${TICKS.map(
      (tick) =>
        html`<path
            class="grid"
            d="M${MARGIN.left} ${y(tick)}H${WIDTH - MARGIN.right}M${x(tick)} ${y(1)}V${floor}"
          />
          <text class="tick" x="${MARGIN.left - 8}" y="${y(tick)}" dy=".35em" text-anchor="end"
            >${percent(tick)}</text
          >
          <text class="tick" x="${x(tick)}" y="${height - MARGIN.bottom + 18}" text-anchor="middle"
            >${percent(tick)}</text
          > `,
    )}
    <text class="tick" x="${WIDTH - MARGIN.right}" y="${height - 6}" text-anchor="end">${xTitle}</text>
    <text class="tick" transform="translate(11 ${y(1)}) rotate(-90)" text-anchor="end">${yTitle}</text>
    ${hasDiagonal ? html`<path class="line diagonal" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" />` : null}
    ${lines.map(drawLine)} ${bars ? drawBars(bars) : null}
  </svg>`;
}

function drawLine({ kind, name, points, hasDots = false }: UnitLine): Markup {
  const drawn = finitePoints(points);
  return html`<g class="${kind}"
    ><title>${name}</title><path class="line" d="${trusted(pathThrough(drawn))}" />${
      hasDots
        ? drawn.map((point) => html`<circle class="dot" cx="${x(point.x)}" cy="${y(point.y)}" r="4" />`)
        : null
    }</g
  > `;
}

/** Points that a screen would not tell apart are left out: a report of a hundred classes has thousands. */
function pathThrough(points: readonly { x: number; y: number }[]): string {
  let path = "";
  let last = { x: NaN, y: NaN };
  points.forEach((point, index) => {
    const at = { x: x(point.x), y: y(point.y) };
    const isNear = Math.abs(at.x - last.x) < 1 && Math.abs(at.y - last.y) < 1;
    if (isNear && index < points.length - 1) return;
    path += `${path === "" ? "M" : "L"}${at.x} ${at.y}`;
    last = at;
  });
  return path;
}

function finitePoints({ x: xs, y: ys }: CurvePoints): { x: number; y: number }[] {
  return xs
    .map((value, index) => ({ x: value, y: ys[index]! }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
}

function drawBars({ title, shares, names }: NonNullable<UnitChartOptions["bars"]>): Markup {
  const width = (x(1) - x(0)) / shares.length;
  const floor = PLOT_HEIGHT + BARS_HEIGHT - MARGIN.bottom;
  const highest = BARS_HEIGHT - 20;
  const largest = Math.max(...shares, Number.MIN_VALUE);
  return html`<g class="bars"
    ><text class="tick" x="${MARGIN.left + 4}" y="${floor - highest - 4}">${title}</text>${shares.map(
      (share, index) => {
        const size = share === 0 ? 0 : Math.max(1.5, (share / largest) * highest);
        return html`<rect
          x="${round(x(0) + index * width + 1)}"
          y="${round(floor - size)}"
          width="${round(width - 2)}"
          height="${round(size)}"
          ><title>${names[index]!}</title></rect
        > `;
      },
    )}<path class="grid" d="M${MARGIN.left} ${floor}H${WIDTH - MARGIN.right}"
  /></g>`;
}

function x(fraction: number): number {
  return round(MARGIN.left + fraction * (WIDTH - MARGIN.left - MARGIN.right));
}

function y(fraction: number): number {
  return round(PLOT_HEIGHT - MARGIN.bottom - fraction * (PLOT_HEIGHT - MARGIN.top - MARGIN.bottom));
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)}\u202f%`;
}

function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10;
}
