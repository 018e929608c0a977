/**
 * uPlot underneath a curve chart. uPlot has the axes, the cursor and the drag; the curves are drawn here, because each
 * keeps its own x: joining twenty of them into one table would hold mostly holes.
 */
import uPlot from "uplot";
import { colorResolver, onThemeChange } from "./css-colors.js";
import { drawCurves, projections, type PlotFrame } from "./curve-drawing.js";
import { nearestIndex, xExtent, yExtent, type CurveSeries, type Interval } from "./curve-series.js";
import { logTicks, niceTicks, type ScaleKind } from "./scale.js";

/** `resolution`: the least difference that must show; an axis gives the distance of its ticks. */
export type FormatValue = (value: number, resolution?: number) => string;

export interface CurvePlotState {
  /** Visible ones only. */
  series: readonly CurveSeries[];
  zoom: Interval | null;
  focusedId: string | null;
  formatX: FormatValue;
  formatY: FormatValue;
}

export interface CurvePlotOptions {
  xScale: ScaleKind;
  yScale: ScaleKind;
  syncKey: string | undefined;
  onZoom: (zoom: Interval | null) => void;
  onCursor: (cursor: PlotCursor | null) => void;
}

export interface CurvePoint {
  id: string;
  x: number;
  /** As measured. */
  raw: number;
  smooth: number | null;
}

export interface PlotCursor {
  x: number;
  /** CSS pixels from the chart's left edge. */
  left: number;
  /** The pointer or the keyboard is on this very chart, not on one synced with it. */
  own: boolean;
  byKeyboard: boolean;
  /** The nearest point of every visible series. */
  points: CurvePoint[];
  /** The series whose point is nearest to the pointer. */
  nearestId: string | null;
}

export interface CurvePlot {
  update(state: CurvePlotState): void;
  /** To the neighbouring point of the series that has most of them; `Infinity` leads to an end. */
  stepCursor(steps: number): void;
  leaveCursor(): void;
  /** Around the cursor, or the middle; 0.5 shows half as much. */
  zoomBy(factor: number): void;
  canvas: HTMLCanvasElement;
  destroy(): void;
}

export function createCurvePlot(
  host: HTMLElement,
  first: CurvePlotState,
  options: CurvePlotOptions,
): CurvePlot {
  const { xScale, yScale, syncKey, onZoom, onCursor } = options;
  let state = first;
  let xRange = state.zoom ?? xExtent(state.series, xScale);
  const colors = colorResolver(host);
  const [INK, LINE] = ["var(--color-ink-3)", "var(--color-line)"];
  const prepareColors = () => colors.prepare([INK, LINE, ...state.series.map(({ color }) => color)]);
  prepareColors();
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const ink = () => colors.resolve(INK);
  const grid = () => colors.resolve(LINE);

  const ticks = (kind: ScaleKind, min: number, max: number, count: number) =>
    kind === "log" ? logTicks(min, max, count) : niceTicks(min, max, count);
  /** No more than fit beside each other. */
  const xTicks = (min: number, max: number, width: number) => {
    const all = ticks(xScale, min, max, Math.max(3, Math.floor(width / 100)));
    return all.length <= width / 52 ? all : all.filter((value) => Number.isInteger(Math.log10(value)));
  };
  const distribution = (kind: ScaleKind) => (kind === "log" ? { distr: 3 as const } : {});
  const axis = (kind: ScaleKind, side: "x" | "y"): uPlot.Axis => ({
    font,
    stroke: ink,
    grid: { stroke: grid, width: 1, show: side === "y" },
    ticks: { show: side === "x", stroke: grid, width: 1, size: 4 },
    gap: 6,
    filter: (_, splits) => splits,
    splits: (u, _index, min, max) =>
      side === "x" ? xTicks(min, max, u.width) : ticks(yScale, min, max, Math.max(2, u.height / 48)),
    values: (_, splits) => {
      const format = side === "x" ? state.formatX : state.formatY;
      // Of a log axis, the ticks have no one distance; they are of few digits anyway.
      const step = Math.abs((splits[1] ?? NaN) - (splits[0] ?? NaN));
      return splits.map((value) => format(value, kind === "linear" && step > 0 ? step : undefined));
    },
    size:
      side === "x"
        ? 28
        : (_, values) => 14 + 6.4 * Math.max(2, ...(values ?? []).map((value) => value.length)),
  });

  /** Half of a last tick's label stands beyond the plotting area. */
  const rightPadding = () => Math.min(40, Math.max(12, 3.4 * state.formatX(xRange.max).length));

  const u = new uPlot(
    {
      width: Math.max(1, host.clientWidth),
      height: Math.max(1, host.clientHeight),
      padding: [8, rightPadding, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, ...distribution(xScale), range: () => [xRange.min, xRange.max] },
        y: {
          ...distribution(yScale),
          range: () => {
            const { min, max } = yExtent(state.series, xRange, yScale);
            return [min, max];
          },
        },
      },
      axes: [axis(xScale, "x"), axis(yScale, "y")],
      series: [{}, { paths: () => null, points: { show: false } }],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        bind: {
          dblclick: () => () => {
            onZoom(null);
            return null;
          },
        },
        ...(syncKey !== undefined && {
          sync: {
            key: syncKey,
            setSeries: false,
            scales: ["x", null],
            filters: { pub: isMove, sub: isMove },
          },
        }),
      },
      hooks: {
        draw: [() => drawCurves(u.ctx, state.series, frame(), drawing())],
        setSelect: [
          () => {
            const { left, width } = u.select;
            if (width < 4) return;
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            onZoom({ min: u.posToVal(left, "x"), max: u.posToVal(left + width, "x") });
          },
        ],
        setCursor: [() => onCursor(readCursor())],
      },
    },
    [
      [xRange.min, xRange.max],
      [1, 1],
    ],
    host,
  );

  function drawing() {
    return { ratio: uPlot.pxRatio, resolveColor: colors.resolve, focusedId: state.focusedId };
  }

  /** In canvas pixels. */
  function frame(): PlotFrame {
    const { x, y } = u.scales;
    const { left, top, width, height } = u.bbox;
    return {
      left,
      top,
      width,
      height,
      x: { min: x?.min ?? 0, max: x?.max ?? 1 },
      y: { min: y?.min ?? 0, max: y?.max ?? 1 },
      xScale,
      yScale,
    };
  }

  /** uPlot's `setCursor` also tells the synced charts, which its types do not know. */
  const setCursor = u.setCursor as (
    at: { left: number; top: number },
    fire: boolean,
    publish: boolean,
  ) => void;

  let pointerInside = false;
  u.over.addEventListener("pointerenter", () => (pointerInside = true));
  u.over.addEventListener("pointerleave", () => (pointerInside = false));

  const dots = new Map<string, HTMLElement>();
  let byKeyboard = false;

  function readCursor(): PlotCursor | null {
    const { left = -1, top = -1 } = u.cursor;
    if (left < 0) {
      placeDots([]);
      return null;
    }
    const x = u.posToVal(left, "x");
    const points = state.series.flatMap(({ id, x: xs, y, smooth }) => {
      const index = nearestIndex(xs, x);
      if (index < 0) return [];
      return [{ id, x: xs[index] ?? NaN, raw: y[index] ?? NaN, smooth: smooth?.[index] ?? null }];
    });
    const placed = placeDots(points);
    const nearest = [...placed].sort((a, b) => Math.abs(a.top - top) - Math.abs(b.top - top))[0];
    const own = byKeyboard || pointerInside;
    return {
      x,
      left: left + u.bbox.left / uPlot.pxRatio,
      own,
      byKeyboard,
      points,
      nearestId: own && !byKeyboard ? (nearest?.id ?? null) : null,
    };
  }

  /** Moves a dot onto each point that is in the frame. @returns where they are, in CSS pixels. */
  function placeDots(points: readonly CurvePoint[]): { id: string; top: number }[] {
    const { toX, toY } = projections(frame());
    const placed: { id: string; top: number }[] = [];
    for (const point of points) {
      const left = (toX(point.x) - u.bbox.left) / uPlot.pxRatio;
      const top = (toY(point.smooth ?? point.raw) - u.bbox.top) / uPlot.pxRatio;
      if (!Number.isFinite(top) || left < 0 || left > u.over.clientWidth) continue;
      placed.push({ id: point.id, top });
      let dot = dots.get(point.id);
      if (dot === undefined) {
        dot = document.createElement("div");
        dot.className = "u-cursor-pt";
        dot.style.cssText =
          "width:7px;height:7px;margin:-3.5px 0 0 -3.5px;border:1.5px solid var(--color-surface)";
        u.over.append(dot);
        dots.set(point.id, dot);
      }
      dot.style.background = state.series.find(({ id }) => id === point.id)?.color ?? "";
      dot.style.transform = `translate(${left}px, ${top}px)`;
    }
    for (const [id, dot] of dots) {
      if (placed.some((point) => point.id === id)) continue;
      dot.remove();
      dots.delete(id);
    }
    return placed;
  }

  function moveCursorTo(x: number): void {
    byKeyboard = true;
    setCursor({ left: u.valToPos(x, "x"), top: u.over.clientHeight / 2 }, true, true);
    byKeyboard = false;
  }

  function stepCursor(steps: number): void {
    const longest = state.series.reduce<CurveSeries | null>(
      (most, curve) => (curve.x.length > (most?.x.length ?? 0) ? curve : most),
      null,
    );
    if (longest === null) return;
    const inView = longest.x.filter((x) => x >= xRange.min && x <= xRange.max);
    const { left = -1 } = u.cursor;
    const here = left < 0 ? (steps > 0 ? -1 : inView.length) : nearestIndex(inView, u.posToVal(left, "x"));
    const next = inView[Math.min(inView.length - 1, Math.max(0, here + steps))];
    if (next !== undefined) moveCursorTo(next);
  }

  function zoomBy(factor: number): void {
    const { left = -1 } = u.cursor;
    const width = u.over.clientWidth;
    const centre = left < 0 ? width / 2 : left;
    const min = u.posToVal(centre - centre * factor, "x");
    const max = u.posToVal(centre + (width - centre) * factor, "x");
    const full = xExtent(state.series, xScale);
    const next = { min: Math.max(min, full.min), max: Math.min(max, full.max) };
    // Back to where it came from, but for the last few pixels.
    if (next.max - next.min > 0.98 * (full.max - full.min)) onZoom(null);
    else if (next.max > next.min) onZoom(next);
  }

  const resize = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = host;
    // It also tells of the size that the plot was made with; thousands of lines are not drawn twice for that.
    if (width > 0 && (width !== u.width || height !== u.height)) u.setSize({ width, height });
  });
  resize.observe(host);
  const endTheme = onThemeChange(() => {
    colors.forget();
    prepareColors();
    u.redraw(false);
  });

  return {
    update(next) {
      const isSame = (Object.keys(next) as (keyof CurvePlotState)[]).every((key) => next[key] === state[key]);
      if (isSame) return;
      state = next;
      prepareColors();
      xRange = state.zoom ?? xExtent(state.series, xScale);
      u.batch(() => {
        u.setData(
          [
            [xRange.min, xRange.max],
            [1, 1],
          ],
          false,
        );
        u.setScale("x", xRange);
      });
    },
    stepCursor,
    leaveCursor: () => setCursor({ left: -10, top: -10 }, true, true),
    zoomBy,
    canvas: u.ctx.canvas,
    destroy() {
      resize.disconnect();
      endTheme();
      u.destroy();
    },
  };
}

/** Charts share where the pointer is, not what it drags: the zoom is shared by the page. */
function isMove(type: string): boolean {
  return type === "mousemove" || type === "mouseleave";
}
