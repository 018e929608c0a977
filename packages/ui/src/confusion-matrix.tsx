/**
 * What was taken for what. Right answers and mistakes have a scale each, so that three mistakes in a thousand are
 * seen beside nine hundred right answers; every cell opens its pictures.
 */
"use client";
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { classNames } from "./class-names.js";
import { cellStep, confusionScale, shortCount, type ConfusionScale } from "./confusion-scale.js";
import { formatMetric } from "./format-metric.js";
import { Segmented } from "./select.js";
import { scrollRowIntoView, useWindowRows } from "./window-rows.js";

export interface ConfusionMatrixProps {
  /** Class names, in the order of rows and columns. */
  labels: readonly string[];
  /** `counts[label][prediction]`. */
  counts: readonly ArrayLike<number>[];
  /** Indices of the cell's label and prediction. */
  onCell?: (label: number, prediction: number) => void;
  /** What the cells start with. */
  mode?: ConfusionMode;
  maxHeight?: number;
  className?: string;
}

/** Numbers of pictures, shares of the label's pictures (its recall on the diagonal), or of the prediction's (its precision). */
export type ConfusionMode = "counts" | "shares" | "sharesOfPrediction";

interface Cell {
  row: number;
  column: number;
}

/** Room for the longest class name, within limits. */
function headSize(labels: readonly string[], [least, most]: [number, number]): number {
  const longest = Math.max(0, ...labels.map((label) => label.length));
  return Math.min(most, Math.max(least, Math.ceil(longest * 6.4 + 16)));
}

export function ConfusionMatrix(props: ConfusionMatrixProps) {
  const { labels, counts, onCell, maxHeight = 560, className } = props;
  const [mode, setMode] = useState<ConfusionMode>(props.mode ?? "counts");
  const [active, setActive] = useState<Cell>({ row: 0, column: 0 });
  const [hovered, setHovered] = useState<Cell | null>(null);
  const scrollRef = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const size = labels.length <= 12 ? 40 : labels.length <= 30 ? 32 : 24;
  const headWidth = headSize(labels, [48, 112]);
  const headHeight = headSize(labels, [32, 84]);
  const isByPrediction = mode === "sharesOfPrediction";
  const scale = useMemo(
    () => confusionScale(isByPrediction ? transposed(counts, labels.length) : counts),
    [counts, labels.length, isByPrediction],
  );
  const { start, end } = useWindowRows({ scrollRef, count: labels.length, rowHeight: size, initialRows: 24 });

  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = scrollRef.current?.querySelector<HTMLElement>(
      `[data-cell="${active.row},${active.column}"]`,
    );
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
  });

  const moveTo = (row: number, column: number) => {
    const last = labels.length - 1;
    const next = { row: Math.min(last, Math.max(0, row)), column: Math.min(last, Math.max(0, column)) };
    wantsFocus.current = true;
    setActive(next);
    const scroller = scrollRef.current;
    if (scroller === null) return;
    scrollRowIntoView(scroller, next.row, { rowHeight: size, offset: headHeight });
    const left = next.column * size;
    const viewport = scroller.clientWidth - headWidth;
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (left + size > scroller.scrollLeft + viewport) scroller.scrollLeft = left + size - viewport;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = active;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [row - 10, column],
      PageDown: [row + 10, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? labels.length - 1 : row, labels.length - 1],
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(...target);
  };

  const cellOf = (target: EventTarget): Cell | null => {
    const [row, column] =
      (target as HTMLElement).closest<HTMLElement>("[data-cell]")?.dataset.cell?.split(",") ?? [];
    return row === undefined || column === undefined ? null : { row: Number(row), column: Number(column) };
  };

  return (
    <div className={classNames("min-w-0", className)}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <p className="text-xs text-ink-3">Rows are labels, columns predictions</p>
        <Segmented
          label="Cells show"
          value={mode}
          onValueChange={setMode}
          options={[
            { value: "counts", label: "Pictures" },
            { value: "shares", label: "% of label" },
            { value: "sharesOfPrediction", label: "% of prediction" },
          ]}
        />
      </div>
      <div
        ref={scrollRef}
        style={{ maxHeight }}
        className="relative isolate w-fit max-w-full overflow-auto rounded-md border border-line"
        onPointerOver={(event) => setHovered(cellOf(event.target))}
        onPointerLeave={() => setHovered(null)}
        onFocus={(event) => {
          const cell = cellOf(event.target);
          setHovered(cell);
          if (cell && (cell.row !== active.row || cell.column !== active.column)) setActive(cell);
        }}
        onBlur={() => setHovered(null)}
        onClick={(event) => {
          const cell = cellOf(event.target);
          if (cell) onCell?.(cell.row, cell.column);
        }}
        onKeyDown={onKeyDown}
      >
        <table
          role="grid"
          aria-label="Confusion matrix"
          aria-rowcount={labels.length + 1}
          aria-colcount={labels.length + 1}
          className="table-fixed border-separate border-spacing-0 bg-surface text-2xs"
          style={{ width: headWidth + labels.length * size }}
        >
          <colgroup>
            <col style={{ width: headWidth }} />
            {labels.map((_, column) => (
              <col key={column} style={{ width: size }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <td className="sticky top-0 left-0 z-30 bg-surface" style={{ height: headHeight }} />
              {labels.map((label, column) => (
                <th
                  key={column}
                  scope="col"
                  title={label}
                  className={classNames(
                    "sticky top-0 z-20 border-b border-line p-0 align-bottom font-medium",
                    hovered?.column === column ? "bg-sunken text-ink" : "bg-surface text-ink-2",
                  )}
                >
                  <span className="mx-auto flex max-h-full rotate-180 items-center overflow-hidden py-1.5 whitespace-nowrap [writing-mode:vertical-rl]">
                    {label}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {start > 0 && <tr aria-hidden="true" style={{ height: start * size }} />}
            {labels.slice(start, end).map((label, offset) => (
              <MatrixRow
                key={start + offset}
                row={start + offset}
                hovered={hovered?.row === start + offset}
                activeColumn={active.row === start + offset ? active.column : null}
                {...{ label, labels, scale, mode, size }}
                counts={counts[start + offset] ?? []}
              />
            ))}
            {end < labels.length && (
              <tr aria-hidden="true" style={{ height: (labels.length - end) * size }} />
            )}
          </tbody>
        </table>
        {hovered && (
          <div aria-hidden="true" className="pointer-events-none absolute inset-0 z-10">
            <div
              className="absolute border-y border-ink-3"
              style={{
                top: headHeight + hovered.row * size,
                height: size,
                left: headWidth,
                width: labels.length * size,
              }}
            />
            <div
              className="absolute border-x border-ink-3"
              style={{
                left: headWidth + hovered.column * size,
                width: size,
                top: headHeight,
                height: labels.length * size,
              }}
            />
          </div>
        )}
      </div>
      <p className="mt-2 h-5 truncate text-sm text-ink-2" aria-hidden="true">
        {hovered && describe(labels, counts, { ...hovered, isByPrediction })}
      </p>
    </div>
  );
}

/** Rows become columns: what each class was predicted for. */
function transposed(counts: readonly ArrayLike<number>[], size: number): number[][] {
  return Array.from({ length: size }, (_, column) => counts.map((row) => row[column] ?? 0));
}

/** `cat taken for dog: 12 of 1,000 (1.2%)` */
function describe(
  labels: readonly string[],
  counts: readonly ArrayLike<number>[],
  { row, column, isByPrediction }: Cell & { isByPrediction: boolean },
): string {
  const all = isByPrediction ? counts.map((each) => each[column] ?? 0) : Array.from(counts[row] ?? []);
  const total = all.reduce((sum, count) => sum + count, 0);
  const count = counts[row]?.[column] ?? 0;
  const what = row === column ? `${labels[row]} recognised` : `${labels[row]} taken for ${labels[column]}`;
  const share = total === 0 ? "" : ` (${formatMetric(count / total, { style: "percent" })})`;
  const whole = `${formatMetric(total)}${isByPrediction ? ` predicted ${labels[column]}` : ""}`;
  return `${what}: ${formatMetric(count)} of ${whole}${share}`;
}

interface MatrixRowProps {
  row: number;
  label: string;
  labels: readonly string[];
  counts: ArrayLike<number>;
  scale: ConfusionScale;
  mode: ConfusionMode;
  size: number;
  hovered: boolean;
  activeColumn: number | null;
}

const MatrixRow = memo(function MatrixRow(props: MatrixRowProps) {
  const { row, label, labels, counts, scale, mode, size, hovered, activeColumn } = props;
  const isByPrediction = mode === "sharesOfPrediction";
  return (
    <tr aria-rowindex={row + 2} style={{ height: size }}>
      <th
        scope="row"
        title={label}
        className={classNames(
          "sticky left-0 z-20 truncate border-r border-line px-2 text-right text-xs font-medium",
          hovered ? "bg-sunken text-ink" : "bg-surface text-ink-2",
        )}
      >
        {label}
      </th>
      {labels.map((prediction, column) => {
        const count = counts[column] ?? 0;
        const [whole, part] = isByPrediction ? [column, row] : [row, column];
        const step = cellStep(scale, whole, part, count);
        const total = scale.totals[whole] ?? 0;
        const kind = row === column ? "hit" : "miss";
        const share = total === 0 ? 0 : count / total;
        const text =
          count === 0
            ? ""
            : mode === "counts"
              ? shortCount(count, size < 32)
              : share < 0.005
                ? "<1"
                : `${Math.round(share * 100)}`;
        return (
          <td key={column} role="gridcell" className="p-px" aria-colindex={column + 2}>
            <button
              type="button"
              data-cell={`${row},${column}`}
              tabIndex={activeColumn === column ? 0 : -1}
              aria-label={`label ${label}, predicted ${prediction}: ${count} ${count === 1 ? "picture" : "pictures"}`}
              style={{
                width: size - 2,
                height: size - 2,
                ...(step !== null && {
                  background: `var(--color-${kind}-${step})`,
                  color: `var(--color-${kind}-ink-${step})`,
                }),
              }}
              className="block cursor-pointer overflow-hidden rounded-[3px] bg-sunken/60 font-mono tabular-nums focus-visible:relative focus-visible:z-10"
            >
              {text}
            </button>
          </td>
        );
      })}
    </tr>
  );
});
