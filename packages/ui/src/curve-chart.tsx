/**
 * Curves of one metric over many runs. The measured values are never thinned out of sight: the shadow under the
 * smoothing shows all of them, outliers set the axis, and what is not finite is marked at the edge.
 */
"use client";
import {
  useDeferredValue,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from "react";
import { Button, IconButton } from "./button.js";
import { classNames } from "./class-names.js";
import { curvesToPng, fileNameOf, saveFile } from "./curve-export.js";
import { CurveLegend } from "./curve-legend.js";
import { createCurvePlot, type CurvePlot, type FormatValue, type PlotCursor } from "./curve-plot.js";
import { curvesToCsv, type CurveSeries, type Interval } from "./curve-series.js";
import { CurveSummaryTable, NonFiniteNote } from "./curve-summary.js";
import { CurveTooltip } from "./curve-tooltip.js";
import { DropdownMenu } from "./dropdown-menu.js";
import { Skeleton } from "./feedback.js";
import { formatMetric } from "./format-metric.js";
import { Icon } from "./icon.js";
import type { ScaleKind } from "./scale.js";

export interface CurveChartHandle {
  /** The chart as seen, with title and legend. */
  toPng(): Promise<Blob>;
  /** All points of the visible series, zoomed or not. */
  toCsv(): string;
}

export interface CurveChartProps {
  title: string;
  series: readonly CurveSeries[];
  /** The points are on their way: frame and legend stand already, and the reader sees that more comes. */
  loading?: boolean;
  /** "step", "epoch", "time". */
  xLabel: string;
  /** The metric's name, unless the title is. */
  yLabel?: string;
  xScale?: ScaleKind;
  yScale?: ScaleKind;
  /** Offers the choice in the chart's menu. */
  onYScaleChange?: (scale: ScaleKind) => void;
  /** Shared by charts over the same x; leave it out and the chart keeps its own. */
  zoom?: Interval | null;
  onZoom?: (zoom: Interval | null) => void;
  /** Charts with one key show their cursors together. */
  syncKey?: string;
  /** Makes the legend's entries switches. */
  onToggleSeries?: (id: string) => void;
  legend?: boolean;
  formatX?: FormatValue;
  formatY?: FormatValue;
  /** Of the plot, in pixels. */
  height?: number;
  actions?: ReactNode;
  className?: string;
  ref?: Ref<CurveChartHandle>;
}

const NONE: readonly CurveSeries[] = [];
const formatNumber: FormatValue = (value, resolution) => formatMetric(value, { resolution });

export function CurveChart(props: CurveChartProps) {
  const { title, series, xLabel, yLabel = title, xScale = "linear", yScale = "linear", syncKey } = props;
  const {
    height = 240,
    legend = true,
    loading = false,
    formatX = formatNumber,
    formatY = formatNumber,
  } = props;
  const id = useId();
  const hostRef = useRef<HTMLDivElement>(null);
  const plotRef = useRef<CurvePlot | null>(null);
  const [ownZoom, setOwnZoom] = useState<Interval | null>(null);
  const [cursor, setCursor] = useState<PlotCursor | null>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);

  const visible = useMemo(() => series.filter((curve) => curve.visible !== false), [series]);
  // Seen by nobody who waits for the drawing: it comes when the page has nothing more urgent to do.
  const summarized = useDeferredValue(loading ? NONE : visible, NONE);
  const zoom = props.zoom === undefined ? ownZoom : props.zoom;
  const setZoom = props.onZoom ?? setOwnZoom;
  const state = { series: visible, zoom, focusedId, formatX, formatY };
  const latest = useRef({ state, setZoom });
  useEffect(() => {
    latest.current = { state, setZoom };
  });

  useEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    const plot = createCurvePlot(host, latest.current.state, {
      xScale,
      yScale,
      syncKey,
      onZoom: (next) => latest.current.setZoom(next),
      // A synced chart shows its line and dots itself; only the pointed one has a tooltip to render.
      onCursor: (next) => setCursor(next?.own ? next : null),
    });
    plotRef.current = plot;
    return () => {
      plotRef.current = null;
      plot.destroy();
    };
  }, [xScale, yScale, syncKey]);

  // In the frame that says what is drawn, not in one after it.
  useLayoutEffect(() => {
    plotRef.current?.update({ series: visible, zoom, focusedId, formatX, formatY });
  }, [visible, zoom, focusedId, formatX, formatY]);

  const toPng = async () => {
    const plot = plotRef.current;
    const element = hostRef.current;
    if (plot === null || element === null)
      throw new Error("Expected a chart on the page. Received: one not drawn.");
    return await curvesToPng(plot.canvas, { title, series: visible, element, ratio: devicePixelRatio });
  };
  const toCsv = () => curvesToCsv(series, xLabel);
  useImperativeHandle(props.ref, () => ({ toPng, toCsv }));

  const spoken =
    cursor?.byKeyboard === true ? describeCursor(cursor, visible, { xLabel, formatX, formatY }) : "";

  const onKeyDown = (event: React.KeyboardEvent) => {
    const plot = plotRef.current;
    if (plot === null || loading || event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = event.shiftKey ? 10 : 1;
    const act: Record<string, () => void> = {
      ArrowLeft: () => plot.stepCursor(-stride),
      ArrowRight: () => plot.stepCursor(stride),
      Home: () => plot.stepCursor(-Infinity),
      End: () => plot.stepCursor(Infinity),
      "+": () => plot.zoomBy(0.5),
      "=": () => plot.zoomBy(0.5),
      "-": () => plot.zoomBy(2),
      Escape: () => {
        plot.leaveCursor();
        setZoom(null);
      },
    };
    const chosen = act[event.key];
    if (chosen === undefined) return;
    event.preventDefault();
    chosen();
  };

  return (
    <figure
      className={classNames("relative min-w-0", props.className)}
      aria-labelledby={`${id}-title`}
      aria-busy={loading || undefined}
    >
      <figcaption className="flex h-8 items-center gap-1">
        <span id={`${id}-title`} className="min-w-0 flex-1 truncate text-sm font-semibold text-ink">
          {title}
        </span>
        {zoom !== null && (
          <Button size="sm" variant="ghost" onClick={() => setZoom(null)}>
            Reset zoom
          </Button>
        )}
        {props.actions}
        <DropdownMenu
          trigger={
            <IconButton label={`Options of ${title}`} size="sm" tooltip={false}>
              <Icon name="more" />
            </IconButton>
          }
          items={[
            ...(props.onYScaleChange
              ? [
                  {
                    kind: "check" as const,
                    label: "Logarithmic y axis",
                    checked: yScale === "log",
                    onCheckedChange: (on: boolean) => props.onYScaleChange?.(on ? "log" : "linear"),
                  },
                  { kind: "separator" as const },
                ]
              : []),
            {
              label: "Save as PNG",
              disabled: loading,
              icon: <Icon name="download" className="text-ink-3" />,
              onSelect: () => void toPng().then((png) => saveFile(png, fileNameOf(title, "png"))),
            },
            {
              label: "Save the drawn points as CSV",
              disabled: loading,
              icon: <Icon name="download" className="text-ink-3" />,
              onSelect: () => saveFile(new Blob([toCsv()], { type: "text/csv" }), fileNameOf(title, "csv")),
            },
          ]}
        />
      </figcaption>
      <div className="relative">
        <div
          ref={hostRef}
          tabIndex={0}
          role="application"
          aria-roledescription="line chart"
          aria-label={`${yLabel} by ${xLabel}. Arrow keys read the values, plus and minus zoom, Escape resets.`}
          aria-describedby={`${id}-summary`}
          onKeyDown={onKeyDown}
          onBlur={() => plotRef.current?.leaveCursor()}
          style={{ height }}
          className="w-full overflow-hidden rounded-sm"
        />
        {cursor && (
          <CurveTooltip
            cursor={cursor}
            series={visible}
            chartWidth={hostRef.current?.clientWidth ?? 0}
            {...{ xLabel, formatX, formatY }}
          />
        )}
        {loading ? (
          <div className="absolute inset-0 bg-surface" aria-hidden="true">
            <Skeleton className="h-full w-full" />
          </div>
        ) : (
          visible.every(({ x }) => x.length === 0) && (
            <p className="pointer-events-none absolute inset-0 flex items-center justify-center pl-10 text-sm text-ink-3">
              {series.length > visible.length ? "Every curve is hidden" : "No points yet"}
            </p>
          )
        )}
        <p role="status" className="sr-only">
          {spoken}
        </p>
      </div>
      <NonFiniteNote series={visible} {...{ xLabel, xScale, yScale, formatX }} />
      {legend && series.length > 0 && (
        <div className="mt-1 pl-2">
          <CurveLegend
            series={series}
            onFocus={setFocusedId}
            {...(props.onToggleSeries && { onToggle: props.onToggleSeries })}
          />
        </div>
      )}
      <CurveSummaryTable id={`${id}-summary`} {...{ title, series: summarized, formatX, formatY, xLabel }} />
    </figure>
  );
}

interface Formats {
  xLabel: string;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
}

function describeCursor(cursor: PlotCursor, series: readonly CurveSeries[], formats: Formats): string {
  const labels = new Map(series.map((curve) => [curve.id, curve.label]));
  const values = cursor.points.map(
    ({ id, smooth, raw }) => `${labels.get(id) ?? id}: ${formats.formatY(smooth ?? raw)}`,
  );
  return `${formats.xLabel} ${formats.formatX(cursor.points[0]?.x ?? cursor.x)}. ${values.join(", ")}`;
}
