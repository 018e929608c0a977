/**
 * Many runs across their params, coloured by one metric (Inselberg 1985): which choices the good ones share. A drag
 * on an axis, or the two handles at its ends, filters.
 */
"use client";
import { memo, useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import { classNames } from "./class-names.js";
import { formatMetric } from "./format-metric.js";
import { layOutAxis, nearestLine, passesBrushes } from "./parallel-axes.js";
import type { Brush, Brushes, LaidOutAxis, ParallelAxis, ParallelRun, Polyline } from "./parallel-axes.js";
import { ParallelAxisMarks } from "./parallel-axis-marks.js";
import { scaleOver } from "./scale.js";

export interface ParallelCoordinatesProps {
  label: string;
  axes: readonly ParallelAxis[];
  runs: readonly ParallelRun[];
  /** The metric that colours the runs, and which end is the better one. */
  metric: { label: string; mode: "max" | "min" };
  brushes: Brushes;
  /** null takes the axis's brush away. */
  onBrush: (axisId: string, brush: Brush | null) => void;
  hoveredId?: string | null;
  onHover?: (runId: string | null) => void;
  onOpen?: (runId: string) => void;
  height?: number;
  className?: string;
}

const top = 44;
const bottom = 30;
const side = 56;
const narrowest = 104;
/** How far below the axis runs without a value cross. */
const missingGap = 16;

export function ParallelCoordinates(props: ParallelCoordinatesProps) {
  const { axes, runs, metric, brushes, onBrush, onHover, height = 340 } = props;
  const hostRef = useRef<HTMLDivElement>(null);
  const [available, setAvailable] = useState(720);
  const [ownHoveredId, setOwnHoveredId] = useState<string | null>(null);
  const hoveredId = props.hoveredId === undefined ? ownHoveredId : props.hoveredId;

  useEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    const observer = new ResizeObserver(() => setAvailable(host.clientWidth));
    observer.observe(host);
    return () => observer.disconnect();
  }, []);

  const width = Math.max(available, side * 2 + (axes.length - 1) * narrowest);
  const laidOut = useMemo(() => axes.map((axis) => layOutAxis(axis, runs)), [axes, runs]);
  const axisHeight = height - top - bottom;
  const lines = useMemo(
    () => runs.map((run) => polylineOf(run, laidOut, { width, axisHeight })),
    [runs, laidOut, width, axisHeight],
  );
  const strengths = useMemo(() => strengthsOf(runs, metric.mode), [runs, metric.mode]);
  const passing = useMemo(() => runs.map((run) => passesBrushes(run, brushes)), [runs, brushes]);
  const passingCount = passing.filter(Boolean).length;
  const hoveredIndex = hoveredId === null ? -1 : runs.findIndex(({ id }) => id === hoveredId);
  const hovered = runs[hoveredIndex];

  const hover = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const candidates = lines.map((line, index) => (passing[index] ? line : []));
    const index = event.buttons === 0 ? nearestLine(candidates, at, 12) : -1;
    const id = runs[index]?.id ?? null;
    if (id === hoveredId) return;
    setOwnHoveredId(id);
    onHover?.(id);
  };

  return (
    <div className={classNames("min-w-0", props.className)}>
      <div ref={hostRef} className="overflow-x-auto">
        <svg
          width={width}
          height={height}
          role="group"
          aria-label={`${props.label}: ${passingCount} of ${runs.length} runs`}
          className={classNames("block select-none", hovered && props.onOpen && "cursor-pointer")}
          onPointerMove={hover}
          onPointerLeave={() => {
            setOwnHoveredId(null);
            onHover?.(null);
          }}
          onClick={() => hovered && props.onOpen?.(hovered.id)}
        >
          <Lines {...{ lines, passing, strengths }} dimmed={hovered !== undefined} />
          {hoveredIndex >= 0 && (
            <path
              d={pathOf(lines[hoveredIndex] ?? [])}
              fill="none"
              stroke="var(--color-ink)"
              strokeWidth={2.5}
              strokeLinejoin="round"
            />
          )}
          {laidOut.map((axis, index) => (
            <ParallelAxisMarks
              key={axis.id}
              axis={axis}
              x={xOfAxis(index, laidOut.length, width)}
              y={top}
              height={axisHeight}
              brush={brushes[axis.id]}
              onBrush={(brush) => onBrush(axis.id, brush)}
              {...(hovered && { hovered: hovered.values[axis.id] })}
            />
          ))}
        </svg>
      </div>
      <div className="mt-1 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs text-ink-3">
        <p className="min-w-0 truncate text-ink-2">
          {hovered ? (
            <>
              <span className="font-medium text-ink">{hovered.label}</span> {metric.label}{" "}
              <span className="font-mono tabular-nums">{formatMetric(hovered.metric)}</span>
            </>
          ) : (
            `${passingCount} of ${runs.length} runs`
          )}
        </p>
        <MetricKey runs={runs} metric={metric} />
      </div>
    </div>
  );
}

function xOfAxis(index: number, count: number, width: number): number {
  return count < 2 ? width / 2 : side + (index / (count - 1)) * (width - 2 * side);
}

function polylineOf(
  { values }: ParallelRun,
  axes: readonly LaidOutAxis[],
  { width, axisHeight }: { width: number; axisHeight: number },
): Polyline {
  return axes.map((axis, index) => {
    const unit = axis.place(values[axis.id]);
    const y = unit === null ? top + axisHeight + missingGap : top + (1 - unit) * axisHeight;
    return { x: xOfAxis(index, axes.length, width), y };
  });
}

/** 0 for the worst run to 1 for the best; null without a finite metric. */
function strengthsOf(runs: readonly ParallelRun[], mode: "max" | "min"): (number | null)[] {
  const { toUnit } = scaleOver(
    runs.flatMap(({ metric }) => metric ?? []),
    "linear",
  );
  return runs.map(({ metric }) => {
    const unit = metric === null ? null : toUnit(metric);
    return unit === null ? null : mode === "max" ? unit : 1 - unit;
  });
}

const strokeOf = (strength: number) =>
  `color-mix(in oklab, var(--color-ramp-high) ${Math.round(strength * 20) * 5}%, var(--color-ramp-low))`;

const pathOf = (line: Polyline) =>
  line.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

interface LinesProps {
  lines: readonly Polyline[];
  passing: readonly boolean[];
  strengths: readonly (number | null)[];
  dimmed: boolean;
}

/** The best run is drawn last, over the others; those that a brush stops lie beneath all. */
const Lines = memo(function Lines({ lines, passing, strengths, dimmed }: LinesProps) {
  const order = lines.map((_, index) => index);
  const rank = (index: number) => (passing[index] ? 2 : 0) + (strengths[index] ?? -1);
  order.sort((a, b) => rank(a) - rank(b));
  const opacity = Math.min(0.9, Math.max(0.2, 6 / Math.sqrt(lines.length + 1)));
  return (
    <g fill="none" strokeLinejoin="round" style={{ opacity: dimmed ? 0.45 : 1 }} data-lines="">
      {order.map((index) => {
        const strength = strengths[index] ?? null;
        const stroke = passing[index] && strength !== null ? strokeOf(strength) : "var(--color-control)";
        return (
          <path
            key={index}
            d={pathOf(lines[index] ?? [])}
            stroke={stroke}
            strokeOpacity={passing[index] ? opacity : 0.08}
            strokeWidth={passing[index] ? 1.4 : 1}
            strokeDasharray={strength === null ? "3 3" : undefined}
          />
        );
      })}
    </g>
  );
});

function MetricKey({ runs, metric }: Pick<ParallelCoordinatesProps, "runs" | "metric">) {
  const { domain } = scaleOver(
    runs.flatMap((run) => run.metric ?? []),
    "linear",
  );
  const [worst, best] = metric.mode === "max" ? domain : [domain[1], domain[0]];
  return (
    <p className="flex items-center gap-2">
      {metric.label}
      <span className="font-mono tabular-nums">{formatMetric(worst, { digits: 3 })}</span>
      <span
        aria-hidden="true"
        className="h-1.5 w-20 rounded-full bg-linear-to-r from-ramp-low to-ramp-high"
      />
      <span className="font-mono tabular-nums">{formatMetric(best, { digits: 3 })}</span>
    </p>
  );
}
