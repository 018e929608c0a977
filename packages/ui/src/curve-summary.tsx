/** A chart in words: a table for those who cannot see it, and a line for what no axis can show. */
import { memo } from "react";
import { formatMetric } from "./format-metric.js";
import { summarizeCurve, type CurveSeries } from "./curve-series.js";
import type { ScaleKind } from "./scale.js";

export interface CurveSummaryTableProps {
  id: string;
  title: string;
  series: readonly CurveSeries[];
  xLabel: string;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
}

/** Seen by screen readers only. Kept between renders: it reads every point. */
export const CurveSummaryTable = memo(function CurveSummaryTable(props: CurveSummaryTableProps) {
  const { id, title, series, xLabel, formatX, formatY } = props;
  const text = (value: number | null) => (value === null ? "none" : formatY(value));
  return (
    <div className="sr-only">
      <table id={id}>
        <caption>{title}</caption>
        <thead>
          <tr>
            {["Run", "Points", "First", "Last", "Lowest", "Highest", "Not finite"].map((header) => (
              <th key={header} scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((curve) => {
            const summary = summarizeCurve(curve);
            return (
              <tr key={curve.id}>
                <th scope="row">{curve.label}</th>
                <td>{summary.count}</td>
                <td>{text(summary.first)}</td>
                <td>{text(summary.last)}</td>
                <td>{text(summary.min)}</td>
                <td>{text(summary.max)}</td>
                <td>
                  {summary.nonFinite === 0 || summary.firstNonFiniteX === null
                    ? "none"
                    : `${summary.nonFinite} from ${xLabel} ${formatX(summary.firstNonFiniteX)}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
});

export interface NonFiniteNoteProps {
  series: readonly CurveSeries[];
  xLabel: string;
  xScale: ScaleKind;
  yScale: ScaleKind;
  formatX: (value: number) => string;
}

/** Says which curves have points without a place on the axes, and where they begin. */
export const NonFiniteNote = memo(function NonFiniteNote(props: NonFiniteNoteProps) {
  const { series, xLabel, xScale, yScale, formatX } = props;
  const notes: { key: string; text: string }[] = [];
  let belowLogAxis = 0;
  let beforeLogAxis = 0;
  for (const { id, label, x, y } of series) {
    const { nonFinite, firstNonFiniteX } = summarizeCurve({ x, y });
    if (firstNonFiniteX !== null) {
      const points = nonFinite === 1 ? "one value" : `${formatMetric(nonFinite)} values`;
      notes.push({
        key: id,
        text: `${label}: ${points} not finite from ${xLabel} ${formatX(firstNonFiniteX)}`,
      });
    }
    if (yScale === "log")
      belowLogAxis += y.reduce((count, value) => count + Number(Number.isFinite(value) && value <= 0), 0);
    if (xScale === "log") beforeLogAxis += x.reduce((count, value) => count + Number(value <= 0), 0);
  }
  const outside = [
    beforeLogAxis > 0 && `${formatMetric(beforeLogAxis)} at ${xLabel} 0, left of a logarithmic axis`,
    belowLogAxis > 0 && `${formatMetric(belowLogAxis)} at or below 0, under a logarithmic axis`,
  ].filter((text) => text !== false);
  if (notes.length + outside.length === 0) return null;
  return (
    <ul className="mt-1 pl-2 text-xs text-warn">
      {notes.slice(0, 3).map(({ key, text }) => (
        <li key={key}>{text}</li>
      ))}
      {notes.length > 3 && <li>and {notes.length - 3} more</li>}
      {outside.map((text) => (
        <li key={text} className="text-ink-3">
          Points not drawn: {text}
        </li>
      ))}
    </ul>
  );
});
