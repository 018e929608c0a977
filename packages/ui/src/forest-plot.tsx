/** Differences from a baseline with their intervals, one below the other: which of them leave out 0 is seen at a glance. */
import { classNames } from "./class-names.js";
import { scaleOver } from "./scale.js";

export interface ForestRow {
  id: string;
  name: string;
  estimate: number;
  /** [low, high] */
  interval: readonly [number, number];
  outcome: "better" | "worse" | "undecided";
}

export interface ForestPlotProps {
  /** Names the plot for screen readers, as "Differences from base, with intervals of 95 %". */
  label: string;
  rows: readonly ForestRow[];
  /** On which side of 0 better ones lie. */
  better: "higher" | "lower";
  /** A difference with its sign, and a tick of the axis. */
  format: (value: number) => string;
  className?: string;
}

const TONES = { better: "text-good", worse: "text-bad", undecided: "text-ink-3" };
const WORDS = { better: "better", worse: "worse", undecided: "no difference can be told" };
/** Of the width, on either side, so that no whisker ends at the frame. */
const MARGIN = 0.04;

/** Each row is an image whose text says the figures and the outcome; no colour tells anything alone. */
export function ForestPlot({ label, rows, better, format, className }: ForestPlotProps) {
  const scale = scaleOver(
    [0, ...rows.flatMap(({ estimate, interval }) => [estimate, ...interval])],
    "linear",
  );
  const place = (value: number) =>
    `${(100 * (MARGIN + (1 - 2 * MARGIN) * (scale.toUnit(value) ?? 0))).toFixed(2)}%`;
  const ticks = scale.ticks(4);
  return (
    <figure aria-label={label} className={classNames("text-xs", className)}>
      <ul className="flex flex-col">
        {rows.map(({ id, name, estimate, interval: [low, high], outcome }) => (
          <li key={id} className="grid items-center gap-x-4 sm:grid-cols-[minmax(6rem,14rem)_1fr]">
            <span className="truncate text-ink-2 sm:text-right" title={name}>
              {name}
            </span>
            <svg
              role="img"
              aria-label={`${name}: ${format(estimate)}, ${format(low)} to ${format(high)}, ${WORDS[outcome]}`}
              className={classNames("h-7 w-full overflow-visible", TONES[outcome])}
            >
              {ticks.map((tick) => (
                <line
                  key={tick}
                  x1={place(tick)}
                  x2={place(tick)}
                  y1="0"
                  y2="100%"
                  stroke={tick === 0 ? "var(--color-control)" : "var(--color-line)"}
                  strokeWidth={tick === 0 ? 1.5 : 1}
                />
              ))}
              <line
                x1={place(low)}
                x2={place(high)}
                y1="50%"
                y2="50%"
                stroke="currentColor"
                strokeWidth="2"
              />
              {[low, high].map((end, index) => (
                <line
                  key={index}
                  x1={place(end)}
                  x2={place(end)}
                  y1="30%"
                  y2="70%"
                  stroke="currentColor"
                  strokeWidth="2"
                />
              ))}
              <circle
                cx={place(estimate)}
                cy="50%"
                r="4.5"
                fill={outcome === "undecided" ? "var(--color-surface)" : "currentColor"}
                stroke="currentColor"
                strokeWidth="2"
              />
            </svg>
          </li>
        ))}
      </ul>
      <div className="grid gap-x-4 sm:grid-cols-[minmax(6rem,14rem)_1fr]" aria-hidden="true">
        <span className="hidden sm:block" />
        <div>
          <div className="relative h-4 font-mono text-2xs text-ink-3 tabular-nums">
            {ticks.map((tick) => (
              <span key={tick} className="absolute -translate-x-1/2" style={{ left: place(tick) }}>
                {format(tick)}
              </span>
            ))}
          </div>
          <div className="flex justify-between text-2xs text-ink-3">
            <span>{better === "higher" ? "← worse" : "← better"}</span>
            <span>{better === "higher" ? "better →" : "worse →"}</span>
          </div>
        </div>
      </div>
    </figure>
  );
}
