/** Puts curves on a canvas: lines with gaps, reduced to what pixels can show, and marks for what is not finite. */
import { firstIndexFrom, type CurveSeries, type Interval } from "./curve-series.js";
import type { ScaleKind } from "./scale.js";

export interface PlotFrame {
  /** The plotting area in canvas pixels. */
  left: number;
  top: number;
  width: number;
  height: number;
  x: Interval;
  y: Interval;
  xScale: ScaleKind;
  yScale: ScaleKind;
}

type Project = (value: number) => number;

/** From values to canvas pixels; NaN for what has no place on the axis. */
export function projections(frame: PlotFrame): { toX: Project; toY: Project } {
  const along = ({ min, max }: Interval, kind: ScaleKind, from: number, length: number): Project => {
    const warp = kind === "log" ? Math.log : (value: number) => value;
    const factor = length / (warp(max) - warp(min));
    const start = from - warp(min) * factor;
    return kind === "log"
      ? (value) => (value > 0 ? start + Math.log(value) * factor : NaN)
      : (value) => start + value * factor;
  };
  return {
    toX: along(frame.x, frame.xScale, frame.left, frame.width),
    toY: along(frame.y, frame.yScale, frame.top + frame.height, -frame.height),
  };
}

/** What a path needs of a canvas. */
export type Pen = Pick<CanvasRenderingContext2D, "moveTo" | "lineTo">;

/**
 * Lines through the drawable values of `values`, broken where one is not. More points than four a pixel column become
 * first, minimum, maximum and last of their column: no spike is lost.
 */
export function traceCurve(pen: Pen, x: Float64Array, values: Float64Array, frame: PlotFrame): void {
  const { toX, toY } = projections(frame);
  // One point beyond each edge, so that lines leave the frame.
  const from = Math.max(0, firstIndexFrom(x, frame.x.min) - 1);
  const to = Math.min(x.length, firstIndexFrom(x, frame.x.max) + 1);
  const dense = to - from > 4 * frame.width;
  let penDown = false;
  const goTo = (px: number, py: number) => {
    if (penDown) pen.lineTo(px, py);
    else {
      pen.moveTo(px, py);
      // A segment of no length leaves no dot, not even with round caps.
      pen.lineTo(px + 0.01, py);
      penDown = true;
    }
  };
  let column = NaN;
  let low = 0;
  let high = 0;
  let last = 0;
  const closeColumn = () => {
    if (Number.isNaN(column)) return;
    pen.lineTo(column, low);
    pen.lineTo(column, high);
    pen.lineTo(column, last);
    column = NaN;
  };
  for (let i = from; i < to; i++) {
    const value = values[i] ?? NaN;
    const px = toX(x[i] ?? NaN);
    const py = Number.isFinite(value) ? toY(value) : NaN;
    if (Number.isNaN(px) || Number.isNaN(py)) {
      closeColumn();
      penDown = false;
      continue;
    }
    if (!dense) {
      goTo(px, py);
      continue;
    }
    const here = Math.round(px);
    if (here === column) {
      low = Math.max(low, py);
      high = Math.min(high, py);
      last = py;
      continue;
    }
    closeColumn();
    goTo(here, py);
    column = here;
    low = high = last = py;
  }
  closeColumn();
}

export interface EdgeMark {
  px: number;
  /** What stands there: a cross for NaN, a triangle towards the infinity, or below a log axis. */
  kind: "nan" | "up" | "down";
}

/** Marks for values that no axis can hold, at most one of a kind every `spacing` pixels. */
export function edgeMarks(series: CurveSeries, frame: PlotFrame, spacing: number): EdgeMark[] {
  const { toX } = projections(frame);
  const marks: EdgeMark[] = [];
  const lastAt = { nan: -Infinity, up: -Infinity, down: -Infinity };
  for (let i = firstIndexFrom(series.x, frame.x.min); i < series.x.length; i++) {
    const at = series.x[i] ?? NaN;
    if (at > frame.x.max) break;
    const value = series.y[i] ?? NaN;
    const kind = Number.isNaN(value)
      ? "nan"
      : value === Infinity
        ? "up"
        : value === -Infinity || (frame.yScale === "log" && value <= 0)
          ? "down"
          : null;
    if (kind === null) continue;
    const px = toX(at);
    if (Number.isNaN(px) || px - lastAt[kind] < spacing) continue;
    lastAt[kind] = px;
    marks.push({ px, kind });
  }
  return marks;
}

/**
 * More points than one every two CSS pixels. A thin line then hides less of what lies beside and under it, and lines of
 * one canvas pixel are an eighth of the work to rasterize.
 */
function isCrowded({ x }: CurveSeries, frame: PlotFrame, ratio: number): boolean {
  return 2 * (firstIndexFrom(x, frame.x.max) - firstIndexFrom(x, frame.x.min)) > frame.width / ratio;
}

/** `size` is half a mark's width; crosses and upward triangles hang from the top edge, the others stand on the bottom. */
function drawMark(ctx: CanvasRenderingContext2D, mark: EdgeMark, frame: PlotFrame, size: number): void {
  const y = mark.kind === "down" ? frame.top + frame.height - size * 1.5 : frame.top + size * 1.5;
  ctx.beginPath();
  if (mark.kind === "nan") {
    ctx.moveTo(mark.px - size, y - size);
    ctx.lineTo(mark.px + size, y + size);
    ctx.moveTo(mark.px + size, y - size);
    ctx.lineTo(mark.px - size, y + size);
    ctx.stroke();
    return;
  }
  const tip = mark.kind === "up" ? -size : size;
  ctx.moveTo(mark.px - size, y - tip);
  ctx.lineTo(mark.px + size, y - tip);
  ctx.lineTo(mark.px, y + tip);
  ctx.fill();
}

/**
 * Strokes every few dozen segments: the time that a rasterizer takes for a path grows faster than its length. A dashed
 * line would begin its pattern anew with every piece.
 */
function inPieces(ctx: CanvasRenderingContext2D): Pen {
  let segments = 0;
  return {
    moveTo: (x, y) => ctx.moveTo(x, y),
    lineTo(x, y) {
      ctx.lineTo(x, y);
      if (++segments % 64 !== 0) return;
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x, y);
    },
  };
}

export interface DrawCurvesOptions {
  /** Canvas pixels a CSS pixel. */
  ratio: number;
  resolveColor: (color: string) => string;
  /** The series that stands out; the others step back. */
  focusedId: string | null;
}

export function drawCurves(
  ctx: CanvasRenderingContext2D,
  series: readonly CurveSeries[],
  frame: PlotFrame,
  { ratio, resolveColor, focusedId }: DrawCurvesOptions,
): void {
  ctx.save();
  ctx.beginPath();
  // A point on the very edge, and a mark, are seen whole.
  const rim = 4 * ratio;
  ctx.rect(frame.left - rim, frame.top - rim, frame.width + 2 * rim, frame.height + 2 * rim);
  ctx.clip();
  // Round joins take twice the time, and cannot be seen at this width.
  ctx.lineJoin = "bevel";
  ctx.lineCap = "round";
  const stroke = (curve: CurveSeries, values: Float64Array, width: number) => {
    ctx.lineWidth = (isCrowded(curve, frame, ratio) ? 1 : width) * ratio;
    ctx.setLineDash((curve.dash ?? []).map((length) => length * ratio));
    ctx.beginPath();
    traceCurve(curve.dash ? ctx : inPieces(ctx), curve.x, values, frame);
    ctx.stroke();
  };
  const strengthOf = ({ id }: CurveSeries) => (focusedId === null || id === focusedId ? 1 : 0.2);
  // All shadows first: no shadow may lie over a curve.
  for (const curve of series) {
    if (!curve.smooth) continue;
    ctx.strokeStyle = resolveColor(curve.color);
    ctx.globalAlpha = 0.28 * strengthOf(curve);
    stroke(curve, curve.y, 1);
  }
  for (const curve of series) {
    ctx.strokeStyle = ctx.fillStyle = resolveColor(curve.color);
    ctx.globalAlpha = strengthOf(curve);
    stroke(curve, curve.smooth ?? curve.y, curve.id === focusedId ? 2.25 : 1.6);
    if (curve.x.length === 1) drawSinglePoint(ctx, curve, frame, ratio);
    ctx.setLineDash([]);
    ctx.lineWidth = 1.5 * ratio;
    for (const mark of edgeMarks(curve, frame, 9 * ratio)) drawMark(ctx, mark, frame, 3 * ratio);
  }
  ctx.restore();
}

function drawSinglePoint(
  ctx: CanvasRenderingContext2D,
  curve: CurveSeries,
  frame: PlotFrame,
  ratio: number,
): void {
  const { toX, toY } = projections(frame);
  const [px, py] = [toX(curve.x[0] ?? NaN), toY(curve.y[0] ?? NaN)];
  if (!Number.isFinite(px) || !Number.isFinite(py)) return;
  ctx.beginPath();
  ctx.arc(px, py, 3 * ratio, 0, 2 * Math.PI);
  ctx.fill();
}
