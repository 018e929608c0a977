/** One axis of parallel coordinates: its ticks, its brush, and the handles that move the brush's ends. */
"use client";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { formatMetric } from "./format-metric.js";
import type { Brush, LaidOutAxis, ParallelRun } from "./parallel-axes.js";

export interface ParallelAxisMarksProps {
  axis: LaidOutAxis;
  /** Top of the axis, in pixels of the drawing. */
  x: number;
  y: number;
  height: number;
  brush: Brush | undefined;
  onBrush: (brush: Brush | null) => void;
  /** The value of the run under the pointer. */
  hovered?: ParallelRun["values"][string];
}

const tickText = (text: number | string) =>
  typeof text === "number"
    ? formatMetric(text, { digits: 3 })
    : text.length > 14
      ? `${text.slice(0, 13)}…`
      : text;

export function ParallelAxisMarks({ axis, x, y, height, brush, onBrush, hovered }: ParallelAxisMarksProps) {
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const groupRef = useRef<SVGGElement>(null);
  const [low, high] = drag ?? (brush ? axis.stretchOf(brush) : [0, 1]);
  const yOf = (unit: number) => y + (1 - unit) * height;

  const unitAt = (event: PointerEvent) => {
    const box = groupRef.current?.ownerSVGElement?.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - (box?.top ?? 0) - y) / height));
  };
  const finish = (from: number, to: number) => {
    setDrag(null);
    const [min, max] = [Math.min(from, to), Math.max(from, to)];
    // A click without a drag takes the brush away, and so does one over the whole axis.
    onBrush(max - min < 0.01 || (min <= 0 && max >= 1) ? null : axis.brushOver(min, max));
  };

  /** `end` moves with the keys; the other stays. */
  const onHandleKey = (event: KeyboardEvent, end: 0 | 1) => {
    const step =
      axis.kind === "categorical" ? 1 / Math.max(1, axis.ticks.length) : event.shiftKey ? 0.1 : 0.02;
    const steps: Record<string, number> = {
      ArrowUp: step,
      ArrowRight: step,
      ArrowDown: -step,
      ArrowLeft: -step,
      Home: -1,
      End: 1,
    };
    const by = steps[event.key];
    if (event.key === "Escape") onBrush(null);
    if (by === undefined) return;
    event.preventDefault();
    const moved = end === 0 ? Math.min(high - step, low + by) : Math.max(low + step, high + by);
    const unit = Math.min(1, Math.max(0, moved));
    finish(end === 0 ? unit : low, end === 0 ? high : unit);
  };

  return (
    <g ref={groupRef} className="text-2xs">
      <text x={x} y={16} textAnchor="middle" className="fill-ink text-xs font-medium">
        {axis.label.length > 16 ? `${axis.label.slice(0, 15)}…` : axis.label}
        <title>{axis.label}</title>
      </text>
      <line x1={x} x2={x} y1={y} y2={y + height} stroke="var(--color-line-strong)" />
      {axis.ticks.map(({ unit, text }) => (
        <g key={text}>
          <line x1={x - 3} x2={x} y1={yOf(unit)} y2={yOf(unit)} stroke="var(--color-ink-3)" />
          <text
            x={x - 7}
            y={yOf(unit)}
            dy="0.32em"
            textAnchor="end"
            stroke="var(--color-surface)"
            strokeWidth={5}
            paintOrder="stroke"
            className="fill-ink-2 tabular-nums"
          >
            {tickText(text)}
          </text>
        </g>
      ))}
      {hovered !== undefined && (
        <text
          x={x + 7}
          y={yOf(axis.place(hovered) ?? -0.05)}
          dy="0.32em"
          stroke="var(--color-surface)"
          strokeWidth={4}
          paintOrder="stroke"
          className="fill-ink font-mono font-medium tabular-nums"
        >
          {hovered === null ? "none" : tickText(typeof hovered === "number" ? hovered : String(hovered))}
        </text>
      )}
      {(brush || drag) && (
        <rect
          x={x - 6}
          width={12}
          y={yOf(high)}
          height={Math.max(1, (high - low) * height)}
          rx={2}
          fill="var(--color-accent)"
          fillOpacity={0.18}
          stroke="var(--color-accent)"
        />
      )}
      <rect
        data-brush={axis.id}
        x={x - 14}
        width={28}
        y={y}
        height={height}
        fill="transparent"
        className="cursor-ns-resize touch-none"
        onClick={(event) => event.stopPropagation()}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const unit = unitAt(event);
          setDrag([unit, unit]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], unitAt(event)])}
        onPointerUp={(event) => drag && finish(drag[0], unitAt(event))}
        onPointerCancel={() => setDrag(null)}
      />
      {([0, 1] as const).map((end) => {
        const unit = end === 0 ? Math.min(low, high) : Math.max(low, high);
        const tip = end === 0 ? 6 : -6;
        return (
          <path
            key={end}
            d={`M${x - 5} ${yOf(unit) + tip}h10l-5 ${-tip}z`}
            fill={brush ? "var(--color-accent)" : "var(--color-control)"}
            stroke="var(--color-surface)"
            role="slider"
            tabIndex={0}
            aria-orientation="vertical"
            aria-label={`${axis.label}, ${end === 0 ? "lower" : "upper"} end`}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(unit * 100)}
            aria-valuetext={describeEnd(axis, [low, high], end)}
            onKeyDown={(event) => onHandleKey(event, end)}
            className="pointer-events-none"
          />
        );
      })}
    </g>
  );
}

function describeEnd(axis: LaidOutAxis, [low, high]: [number, number], end: 0 | 1): string {
  const brush = axis.brushOver(low, high);
  if ("min" in brush) return formatMetric(end === 0 ? brush.min : brush.max, { digits: 3 });
  return (end === 0 ? brush.values[0] : brush.values.at(-1)) ?? "none";
}
