/** The figures by which a run is judged, large; the best one says when it was reached. */
import { formatDuration, formatMetric } from "@convkit/ui";
import type { ReactNode } from "react";
import type { RunDetail } from "../../trpc/context";
import { formatOf } from "../runs/metric-format";
import { durationMsOf } from "../runs/run-progress";

export function KeyFigures({ run }: { run: RunDetail }) {
  const figure = (key: string, label: string, statistic: "best" | "last") => {
    const cell = run.metrics[key];
    if (!cell) return null;
    const format = formatOf(key);
    const value = statistic === "best" ? (cell.best ?? NaN) : cell.last;
    const step = statistic === "best" ? cell.bestStep : cell.lastStep;
    const detail =
      statistic === "best" && step !== null
        ? `at step ${step.toLocaleString("en")}${epochOf(run, step)}, last ${format(cell.last)}`
        : null;
    return <Figure key={key} label={label} value={format(value)} detail={detail} bad={Number.isNaN(value)} />;
  };
  const figures = [
    figure("val_mean_average_precision", "Best validation mean average precision", "best"),
    figure("val_accuracy", "Best validation accuracy", "best"),
    figure("val_loss", "Best validation loss", "best"),
    figure("test_mean_average_precision", "Test mean average precision", "last"),
    figure("test_accuracy", "Test accuracy", "last"),
    figure("test_loss", "Test loss", "last"),
    run.imagesPerSecond !== null && (
      <Figure
        key="speed"
        label="Images per second"
        value={formatMetric(run.imagesPerSecond, { digits: 3 })}
        detail={`${formatDuration(durationMsOf(run))} in all`}
      />
    ),
  ].filter(Boolean);
  return figures.length === 0 ? null : <FigureRow>{figures}</FigureRow>;
}

/** Figures beside each other with fine lines between, whatever number of them fits. */
export function FigureRow({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-surface sm:grid-cols-3 lg:auto-cols-fr lg:grid-flow-col lg:grid-cols-none">
      {children}
    </dl>
  );
}

function epochOf({ stepsPerEpoch }: RunDetail, step: number): string {
  return stepsPerEpoch ? ` (epoch ${Math.ceil(step / stepsPerEpoch)})` : "";
}

export interface FigureProps {
  label: string;
  value: ReactNode;
  detail?: ReactNode;
  bad?: boolean;
}

export function Figure({ label, value, detail, bad = false }: FigureProps) {
  return (
    <div className="min-w-0 px-4 py-3 shadow-[1px_1px_0_0_var(--color-line)]">
      <dt className="truncate text-xs text-ink-3">{label}</dt>
      <dd
        className={`mt-0.5 text-2xl font-semibold tracking-tight tabular-nums ${bad ? "text-bad" : "text-ink"}`}
      >
        {value}
        {detail && (
          <span className="mt-0.5 block text-xs font-normal tracking-normal text-ink-3">{detail}</span>
        )}
      </dd>
    </div>
  );
}
