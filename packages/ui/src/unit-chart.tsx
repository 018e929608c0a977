/** A chart whose two axes are fractions from 0 to 1: ROC and precision–recall curves, the reliability diagram. */
import { classNames } from "./class-names.js";

export interface UnitLine {
  id: string;
  /** In the legend. */
  name: string;
  /** Beside the name: the area beneath, say. */
  figure?: string;
  /** A CSS colour. */
  color: string;
  /** Drawn as dashes, so that it is told from the others without its colour too. */
  dashed?: boolean;
  /** As many of each; points that are no finite numbers are left out. */
  x: readonly number[];
  y: readonly number[];
  /** Whether each point is marked. */
  dots?: boolean;
}

export interface UnitBar {
  /** What a pointer that rests on it reads. */
  name: string;
  count: number;
}

export interface UnitChartProps {
  /** Names the drawing for those who do not see it: what it shows, and where its numbers are. */
  label: string;
  xTitle: string;
  yTitle: string;
  /** The later ones lie on top. */
  lines: readonly UnitLine[];
  /** Draws the line of x = y. */
  diagonal?: boolean;
  /** Beneath the chart, one for each of equally wide parts of the x axis. */
  bars?: { title: string; parts: readonly UnitBar[] };
  className?: string;
}

const WIDTH = 400;
const PLOT_HEIGHT = 344;
const BARS_HEIGHT = 68;
const MARGIN = { top: 10, right: 16, bottom: 42, left: 58 };
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** The legend is text; the drawing is one image, whose numbers belong into a table beside it. */
export function UnitChart(props: UnitChartProps) {
  const { label, xTitle, yTitle, lines, diagonal = false, bars, className } = props;
  const floor = PLOT_HEIGHT - MARGIN.bottom;
  const height = bars ? PLOT_HEIGHT + BARS_HEIGHT : PLOT_HEIGHT;
  return (
    <figure className={classNames("min-w-0 max-w-120", className)}>
      <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
        {lines.map(({ id, name, figure, color, dashed }) => (
          <li key={id} className="flex min-w-0 items-center gap-1.5">
            <svg viewBox="0 0 24 8" className="h-2 w-6 shrink-0" aria-hidden="true">
              <path
                d="M1 4H23"
                stroke={color}
                strokeWidth="2.5"
                {...(dashed && { strokeDasharray: DASHES })}
              />
            </svg>
            <span className="truncate">{name}</span>
            {figure !== undefined && <span className="font-mono text-ink tabular-nums">{figure}</span>}
          </li>
        ))}
      </ul>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label} className="w-full">
        <g stroke="var(--color-line)" strokeWidth="1">
          {TICKS.map((tick) => (
            <path
              key={tick}
              d={`M${MARGIN.left} ${yOf(tick)}H${WIDTH - MARGIN.right}M${xOf(tick)} ${yOf(1)}V${floor}`}
            />
          ))}
        </g>
        <g className="fill-ink-3 text-[12px] tabular-nums">
          {TICKS.map((tick) => (
            <text key={`y${tick}`} x={MARGIN.left - 7} y={yOf(tick)} dy=".35em" textAnchor="end">
              {percent(tick)}
            </text>
          ))}
          {TICKS.map((tick) => (
            <text key={`x${tick}`} x={xOf(tick)} y={height - MARGIN.bottom + 16} textAnchor="middle">
              {percent(tick)}
            </text>
          ))}
          <text x={WIDTH - MARGIN.right} y={height - 6} textAnchor="end">
            {xTitle}
          </text>
          <text transform={`translate(12 ${yOf(1)}) rotate(-90)`} textAnchor="end">
            {yTitle}
          </text>
        </g>
        {diagonal && (
          <path
            d={`M${xOf(0)} ${yOf(0)}L${xOf(1)} ${yOf(1)}`}
            stroke="var(--color-control)"
            strokeWidth="1"
            strokeDasharray="3 3"
          />
        )}
        {lines.map(({ id, name, color, dashed, x, y, dots }) => {
          const points = placePoints(x, y);
          return (
            <g key={id}>
              <title>{name}</title>
              <path
                d={pathThrough(points)}
                fill="none"
                stroke={color}
                strokeWidth="2"
                strokeLinejoin="round"
                {...(dashed && { strokeDasharray: DASHES })}
              />
              {dots &&
                points.map((point, index) => (
                  <circle key={index} cx={point.x} cy={point.y} r="3.5" fill={color} />
                ))}
            </g>
          );
        })}
        {bars && <Bars {...bars} />}
      </svg>
    </figure>
  );
}

const DASHES = "6 4";

function Bars({ title, parts }: NonNullable<UnitChartProps["bars"]>) {
  const width = (xOf(1) - xOf(0)) / parts.length;
  const floor = PLOT_HEIGHT + BARS_HEIGHT - MARGIN.bottom;
  const highest = BARS_HEIGHT - 20;
  const most = Math.max(1, ...parts.map(({ count }) => count));
  return (
    <g>
      <text x={MARGIN.left + 4} y={floor - highest - 4} className="fill-ink-3 text-[12px]">
        {title}
      </text>
      {parts.map(({ name, count }, index) => {
        // One picture among ten thousand still shows.
        const size = count === 0 ? 0 : Math.max(1.5, (count / most) * highest);
        return (
          <rect
            key={index}
            x={rounded(xOf(0) + index * width + 1)}
            y={rounded(floor - size)}
            width={rounded(Math.max(1, width - 2))}
            height={rounded(size)}
            fill="var(--color-control)"
          >
            <title>{name}</title>
          </rect>
        );
      })}
      <path d={`M${MARGIN.left} ${floor}H${WIDTH - MARGIN.right}`} stroke="var(--color-line-strong)" />
    </g>
  );
}

interface Point {
  x: number;
  y: number;
}

function placePoints(xs: readonly number[], ys: readonly number[]): Point[] {
  return xs.flatMap((x, index) => {
    const y = ys[index] ?? NaN;
    return Number.isFinite(x) && Number.isFinite(y) ? [{ x: xOf(x), y: yOf(y) }] : [];
  });
}

/** Points that a screen would not tell apart are left out. */
function pathThrough(points: readonly Point[]): string {
  let path = "";
  let last: Point = { x: NaN, y: NaN };
  points.forEach((point, index) => {
    const isNear = Math.abs(point.x - last.x) < 0.5 && Math.abs(point.y - last.y) < 0.5;
    if (isNear && index < points.length - 1) return;
    path += `${path === "" ? "M" : "L"}${point.x} ${point.y}`;
    last = point;
  });
  return path;
}

function xOf(fraction: number): number {
  return rounded(MARGIN.left + fraction * (WIDTH - MARGIN.left - MARGIN.right));
}

function yOf(fraction: number): number {
  return rounded(PLOT_HEIGHT - MARGIN.bottom - fraction * (PLOT_HEIGHT - MARGIN.top - MARGIN.bottom));
}

const percent = (fraction: number) => `${Math.round(fraction * 100)}%`;
const rounded = (coordinate: number) => Math.round(coordinate * 10) / 10;
