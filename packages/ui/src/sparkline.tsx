/** A curve as small as a word, for table cells. Not finite values leave a gap and a mark. */
import { classNames } from "./class-names.js";

export interface SparklineProps {
  /** What it shows and how it ends: "val_loss, 20 epochs, ends at 0.31". */
  label: string;
  values: ArrayLike<number>;
  color?: string;
  width?: number;
  height?: number;
  className?: string;
}

/** Path data over a box of `width` × `height`; every run of finite values is a line of its own. */
export function sparklinePath(values: ArrayLike<number>, width: number, height: number): string {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return "";
  const parts: string[] = [];
  let pen: "M" | "L" = "M";
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) {
      pen = "M";
      continue;
    }
    const x = values.length === 1 ? width / 2 : (i / (values.length - 1)) * width;
    const y = min === max ? height / 2 : height - ((value - min) / (max - min)) * height;
    parts.push(`${pen}${round(x)} ${round(y)}`);
    // A lone point is drawn by its round cap.
    if (pen === "M") parts.push("h0");
    pen = "L";
  }
  return parts.join("");
}

const round = (value: number) => Math.round(value * 100) / 100;

export function Sparkline(props: SparklineProps) {
  const { label, values, color = "var(--color-accent)", width = 80, height = 20, className } = props;
  const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
  return (
    <svg
      role="img"
      aria-label={bad < 0 ? label : `${label}, with values that are not finite`}
      viewBox={`-1.5 -1.5 ${width + 3} ${height + 3}`}
      width={width}
      height={height}
      className={classNames("inline-block overflow-visible align-middle", className)}
    >
      <path
        d={sparklinePath(values, width, height)}
        fill="none"
        stroke={color}
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {bad >= 0 && (
        <path
          d={`M${round((bad / Math.max(1, values.length - 1)) * width) - 2.5} ${height - 5}l5 5m0 -5l-5 5`}
          stroke="var(--color-bad)"
          strokeWidth={1.5}
          strokeLinecap="round"
        />
      )}
    </svg>
  );
}
