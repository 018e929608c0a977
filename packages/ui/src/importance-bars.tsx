/** How much each param mattered for a metric over many runs, and in which direction. */
import { classNames } from "./class-names.js";
import { formatMetric } from "./format-metric.js";

export interface ParamImportance {
  param: string;
  /** Share of the variation that it explains, 0 to 1. */
  importance: number;
  /** −1 to 1; null for a param without an order. */
  correlation: number | null;
}

export interface ImportanceBarsProps {
  /** The metric that the figures are about. */
  metric: string;
  items: readonly ParamImportance[];
  className?: string;
}

/** Most important first. Correlation is drawn from the middle: left is negative, and the sign is written too. */
export function ImportanceBars({ metric, items, className }: ImportanceBarsProps) {
  const sorted = [...items].sort((a, b) => b.importance - a.importance);
  const most = Math.max(...sorted.map(({ importance }) => importance), 1e-9);
  return (
    <table className={classNames("w-full border-separate border-spacing-0 text-left text-xs", className)}>
      <caption className="sr-only">Importance of params for {metric}</caption>
      <thead>
        <tr className="text-ink-3">
          <th scope="col" className="w-2/5 pb-1 font-medium">
            Param
          </th>
          <th scope="col" className="pb-1 font-medium">
            Importance
          </th>
          <th scope="col" className="pb-1 font-medium">
            Correlation
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ param, importance, correlation }) => (
          <tr key={param}>
            <th
              scope="row"
              className="max-w-0 truncate border-t border-line py-1.5 pr-3 font-mono font-normal text-ink"
            >
              {param}
            </th>
            <td className="border-t border-line py-1.5 pr-4">
              <Figure value={formatMetric(importance, { digits: 2 })}>
                <span
                  className="absolute inset-y-0 left-0 rounded-full bg-accent"
                  style={{ width: `${(importance / most) * 100}%` }}
                />
              </Figure>
            </td>
            <td className="border-t border-line py-1.5">
              <Figure value={correlation === null ? "–" : withSign(correlation)}>
                <span className="absolute inset-y-[-3px] left-1/2 w-px bg-line-strong" />
                {correlation !== null && (
                  <span
                    className={classNames("absolute inset-y-0", correlation < 0 ? "bg-warn" : "bg-good")}
                    style={{
                      left: `${50 + Math.min(0, correlation) * 50}%`,
                      width: `${Math.abs(correlation) * 50}%`,
                    }}
                  />
                )}
              </Figure>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const withSign = (value: number) => (value > 0 ? "+" : "") + formatMetric(value, { digits: 2 });

function Figure({ value, children }: { value: string; children: React.ReactNode }) {
  return (
    <span className="flex items-center gap-2">
      <span className="relative h-1.5 min-w-8 flex-1 rounded-full bg-sunken" aria-hidden="true">
        {children}
      </span>
      <span className="w-11 text-right font-mono text-ink-2 tabular-nums">{value}</span>
    </span>
  );
}
