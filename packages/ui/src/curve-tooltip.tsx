/** The values under the cursor, largest first, beside the line so that they never cover it. */
import type { PlotCursor } from "./curve-plot.js";
import type { CurveSeries } from "./curve-series.js";
import { SeriesSwatch } from "./curve-legend.js";
import { classNames } from "./class-names.js";

export interface CurveTooltipProps {
  cursor: PlotCursor;
  series: readonly CurveSeries[];
  xLabel: string;
  chartWidth: number;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
}

const mostRows = 12;

export function CurveTooltip({ cursor, series, xLabel, chartWidth, formatX, formatY }: CurveTooltipProps) {
  const byId = new Map(series.map((curve) => [curve.id, curve]));
  const rows = cursor.points
    .flatMap((point) => {
      const curve = byId.get(point.id);
      return curve ? [{ ...point, curve, value: point.smooth ?? point.raw }] : [];
    })
    // NaN orders nothing; it goes to the end.
    .sort((a, b) => (Number.isNaN(a.value) ? 1 : Number.isNaN(b.value) ? -1 : b.value - a.value));
  const shown = rows.slice(0, mostRows);
  const sharedX = rows.length > 0 && rows.every(({ x }) => x === rows[0]?.x) ? rows[0]?.x : undefined;
  const onRight = cursor.left < chartWidth / 2;
  return (
    <div
      className="pointer-events-none absolute top-2 z-20 max-w-[60%] rounded-md bg-raised px-2.5 py-2 text-xs text-ink shadow-raised"
      style={onRight ? { left: cursor.left + 14 } : { right: chartWidth - cursor.left + 14 }}
    >
      <p className="mb-1 whitespace-nowrap text-ink-3">
        {xLabel} <span className="font-mono text-ink tabular-nums">{formatX(sharedX ?? cursor.x)}</span>
      </p>
      <table className="border-separate border-spacing-0">
        <tbody>
          {shown.map(({ id, curve, value, raw, smooth, x }) => (
            <tr key={id} className={classNames(id === cursor.nearestId && "font-semibold")}>
              <td className="pr-2">
                <SeriesSwatch color={curve.color} {...(curve.dash && { dash: curve.dash })} />
              </td>
              <td className="max-w-40 truncate pr-3">{curve.label}</td>
              <td className="text-right font-mono tabular-nums">{formatY(value)}</td>
              {smooth !== null && (
                <td className="pl-2 text-right font-mono font-normal text-ink-3 tabular-nums">
                  {formatY(raw)}
                </td>
              )}
              {sharedX === undefined && (
                <td className="pl-2 font-normal whitespace-nowrap text-ink-3 tabular-nums">
                  at {formatX(x)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > mostRows && <p className="mt-1 text-ink-3">and {rows.length - mostRows} lower</p>}
    </div>
  );
}
