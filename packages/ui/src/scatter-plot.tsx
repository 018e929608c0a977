/**
 * Ten thousand points on a plane, in groups. Pointer and arrow keys choose a point, click and Enter open it; the legend
 * makes a group stand out. What a point is, is said in words under the plot.
 */
"use client";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { classNames } from "./class-names.js";
import { colorResolver, onThemeChange } from "./css-colors.js";
import {
  placeScatter,
  pointAt,
  pointTowards,
  type ScatterDirection,
  type ScatterPlaces,
} from "./scatter-places.js";

export interface ScatterGroup {
  label: string;
  /** Any CSS colour, variables included. */
  color: string;
  /** A disc unless said otherwise: what tells groups apart whose colours are alike. */
  shape?: ScatterShape;
}

export type ScatterShape = "disc" | "cross" | "square" | "triangle";

export interface ScatterPlotProps {
  /** Names the plot for screen readers. */
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Of each point, the index of its group; of later groups, points lie over those of earlier ones. */
  group: ArrayLike<number>;
  groups: readonly ScatterGroup[];
  /** What a point is, in a few words. */
  describe: (index: number) => string;
  onOpen?: (index: number) => void;
  /** In CSS pixels. */
  height?: number;
  className?: string;
}

const MARGIN = 14;
const REACH = 14;
const RADIUS = 3;

export function ScatterPlot(props: ScatterPlotProps) {
  const { label, x, y, group, groups, describe, onOpen, height = 420, className } = props;
  const boxRef = useRef<HTMLDivElement>(null);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  const [active, setActive] = useState(-1);
  const [pinned, setPinned] = useState<number | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const lit = hovered ?? pinned;
  const places = useMemo(() => placeScatter(x, y, { width, height, margin: MARGIN }), [x, y, width, height]);
  const counts = useMemo(() => countOf(group, groups.length), [group, groups.length]);

  // What is chosen belongs to the points that it was chosen among.
  useEffect(() => setActive(-1), [x, y]);
  useEffect(() => setPinned(null), [groups]);
  useEffect(() => onThemeChange(() => setTheme((times) => times + 1)), []);
  useEffect(() => {
    const box = boxRef.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null || width === 0) return;
    drawScatter(canvas, { places, group, groups, lit, active, width, height });
  }, [places, group, groups, lit, active, width, height, theme]);

  const onKeyDown = (event: KeyboardEvent) => {
    const first = places.x.findIndex((place) => !Number.isNaN(place));
    if (first < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      if (active >= 0) onOpen?.(active);
    } else if (event.key.startsWith("Arrow")) {
      setActive(active < 0 ? first : pointTowards(places, active, event.key as ScatterDirection));
    } else if (event.key === "Home") setActive(first);
    else if (event.key === "Escape" && active >= 0) setActive(-1);
    else return;
    event.preventDefault();
  };
  const at = ({ nativeEvent: { offsetX, offsetY } }: React.PointerEvent | React.MouseEvent) =>
    pointAt(places, { x: offsetX, y: offsetY }, REACH);

  return (
    <figure className={classNames("min-w-0", className)}>
      <div
        ref={boxRef}
        role="application"
        aria-roledescription="scatter plot"
        aria-label={`${label}, ${places.x.length} points. Arrow keys go from point to point${onOpen ? ", Enter opens one" : ""}.`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="overflow-hidden rounded-md border border-line bg-surface"
        style={{ height }}
      >
        <canvas
          ref={canvasRef}
          aria-hidden="true"
          style={{ width: "100%", height }}
          className={classNames("block", active >= 0 && onOpen && "cursor-pointer")}
          onPointerMove={(event) => setActive(at(event))}
          onPointerLeave={() => setActive(-1)}
          onClick={(event) => {
            const index = at(event);
            setActive(index);
            if (index >= 0) onOpen?.(index);
          }}
        />
      </div>
      <p role="status" className="mt-2 h-5 truncate text-sm text-ink-2">
        {active >= 0 && active < places.x.length ? describe(active) : ""}
      </p>
      <ul aria-label="Legend" className="mt-1 flex max-h-28 flex-wrap gap-x-3 overflow-y-auto">
        {groups.map((each, index) => (
          <li key={index} className="max-w-full min-w-0">
            <button
              type="button"
              aria-pressed={pinned === index}
              onClick={() => setPinned(pinned === index ? null : index)}
              onPointerEnter={() => setHovered(index)}
              onPointerLeave={() => setHovered(null)}
              className={classNames(
                "flex h-6 max-w-full cursor-pointer items-center gap-1.5 rounded-sm text-xs hover:text-ink pointer-coarse:h-9",
                pinned === index ? "font-medium text-ink underline" : "text-ink-2",
              )}
            >
              <svg viewBox="0 0 10 10" className="size-2.5 shrink-0" aria-hidden="true">
                <ShapeMark {...each} />
              </svg>
              <span className="truncate">{each.label}</span>
              <span className="font-mono text-2xs text-ink-3 tabular-nums">{counts[index]}</span>
            </button>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function ShapeMark({ color, shape = "disc" }: ScatterGroup) {
  if (shape === "cross") return <path d="M1.5 1.5l7 7M8.5 1.5l-7 7" stroke={color} strokeWidth="2" />;
  if (shape === "square") return <rect x="1" y="1" width="8" height="8" fill={color} />;
  if (shape === "triangle") return <path d="M5 .5L9.5 9h-9z" fill={color} />;
  return <circle cx="5" cy="5" r="4" fill={color} />;
}

function countOf(group: ArrayLike<number>, groups: number): number[] {
  const counts = new Array<number>(groups).fill(0);
  for (let index = 0; index < group.length; index += 1) counts[group[index]!]! += 1;
  return counts;
}

interface Drawing {
  readonly places: ScatterPlaces;
  readonly group: ArrayLike<number>;
  readonly groups: readonly ScatterGroup[];
  /** The group that stands out; null if none does. */
  readonly lit: number | null;
  /** −1 if none is chosen. */
  readonly active: number;
  readonly width: number;
  readonly height: number;
}

function drawScatter(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const { places, group, groups, lit, active, width, height } = drawing;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  const colors = colorResolver(canvas.parentElement ?? canvas);
  colors.prepare([...groups.map(({ color }) => color), "var(--color-ink)"]);
  for (const [place, { color, shape = "disc" }] of groups.entries()) {
    if (place === lit) continue;
    context.globalAlpha = lit === null ? 0.8 : 0.12;
    drawGroup(context, places, { group, place, color: colors.resolve(color), shape });
  }
  context.globalAlpha = 1;
  if (lit !== null && groups[lit]) {
    const { color, shape = "disc" } = groups[lit];
    drawGroup(context, places, { group, place: lit, color: colors.resolve(color), shape });
  }
  if (active < 0 || Number.isNaN(places.x[active])) return;
  context.strokeStyle = colors.resolve("var(--color-ink)");
  context.lineWidth = 2;
  context.beginPath();
  context.arc(places.x[active]!, places.y[active]!, RADIUS + 4, 0, 2 * Math.PI);
  context.stroke();
}

/** One path a group: a stroke or a fill for each of ten thousand points would take a frame of its own. */
function drawGroup(
  context: CanvasRenderingContext2D,
  { x, y }: ScatterPlaces,
  {
    group,
    place,
    color,
    shape,
  }: { group: ArrayLike<number>; place: number; color: string; shape: ScatterShape },
): void {
  context.beginPath();
  for (let index = 0; index < x.length; index += 1) {
    if (group[index] !== place || Number.isNaN(x[index])) continue;
    traceShape(context, shape, { x: x[index]!, y: y[index]! });
  }
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineWidth = 2;
  if (shape === "cross") context.stroke();
  else context.fill();
}

function traceShape(
  context: CanvasRenderingContext2D,
  shape: ScatterShape,
  { x, y }: { x: number; y: number },
): void {
  if (shape === "cross") {
    context.moveTo(x - RADIUS, y - RADIUS);
    context.lineTo(x + RADIUS, y + RADIUS);
    context.moveTo(x + RADIUS, y - RADIUS);
    context.lineTo(x - RADIUS, y + RADIUS);
  } else if (shape === "square") context.rect(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
  else if (shape === "triangle") {
    context.moveTo(x, y - RADIUS - 0.5);
    context.lineTo(x + RADIUS, y + RADIUS);
    context.lineTo(x - RADIUS, y + RADIUS);
    context.closePath();
  } else {
    context.moveTo(x + RADIUS, y);
    context.arc(x, y, RADIUS, 0, 2 * Math.PI);
  }
}
