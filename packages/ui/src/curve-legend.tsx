/** Which colour is which run; a click hides one, the pointer makes one stand out. */
import { classNames } from "./class-names.js";
import type { CurveSeries } from "./curve-series.js";

/** A short piece of the stroke as the chart draws it. */
export function SeriesSwatch({ color, dash }: { color: string; dash?: readonly number[] }) {
  return (
    <svg viewBox="0 0 14 8" className="inline-block h-2 w-3.5 shrink-0" aria-hidden="true">
      <line
        x1="1"
        x2="13"
        y1="4"
        y2="4"
        stroke={color}
        strokeWidth="2.5"
        strokeLinecap={dash ? "butt" : "round"}
        strokeDasharray={dash?.map((length) => length * 0.75).join(" ")}
      />
    </svg>
  );
}

export interface CurveLegendProps {
  series: readonly CurveSeries[];
  onToggle?: (id: string) => void;
  onFocus?: (id: string | null) => void;
}

export function CurveLegend({ series, onToggle, onFocus }: CurveLegendProps) {
  return (
    <ul
      className="flex max-h-24 flex-wrap gap-x-3 overflow-y-auto rounded-sm"
      aria-label="Legend"
      // It scrolls, and without buttons inside the keyboard would not reach it.
      tabIndex={onToggle ? undefined : 0}
    >
      {series.map(({ id, label, color, dash, visible = true }) => (
        <li
          key={id}
          className="max-w-full min-w-0"
          onPointerEnter={() => onFocus?.(visible ? id : null)}
          onPointerLeave={() => onFocus?.(null)}
        >
          <LegendItem onToggle={onToggle && (() => onToggle(id))} visible={visible}>
            <SeriesSwatch color={visible ? color : "var(--color-line-strong)"} {...(dash && { dash })} />
            <span className={classNames("truncate", !visible && "line-through")}>{label}</span>
          </LegendItem>
        </li>
      ))}
    </ul>
  );
}

interface LegendItemProps {
  onToggle: (() => void) | undefined;
  visible: boolean;
  children: React.ReactNode;
}

function LegendItem({ onToggle, visible, children }: LegendItemProps) {
  const classes = "flex h-6 max-w-full items-center gap-1.5 text-xs text-ink-2";
  if (!onToggle) return <span className={classes}>{children}</span>;
  return (
    <button
      type="button"
      aria-pressed={visible}
      onClick={onToggle}
      className={classNames(classes, "cursor-pointer rounded-sm hover:text-ink pointer-coarse:h-9")}
    >
      {children}
    </button>
  );
}
