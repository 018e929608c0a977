/** Numbers as people read them in a terminal. */
import type { DatasetCard } from "@convkit/schema";

/** 0.8123 → `81.2 %`. */
export function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

/** 2.303, but 0.031 and 3.1e-5, so that a small loss keeps two digits, and 4.43e+16. NaN stays visible. */
export function formatLoss(loss: number): string {
  const size = Math.abs(loss);
  if (!Number.isFinite(loss)) return String(loss);
  if (size >= 1e5) return loss.toExponential(2);
  if (size >= 100) return loss.toFixed(1);
  if (size >= 0.1 || size === 0) return loss.toFixed(3);
  return size >= 0.001 ? loss.toPrecision(2) : loss.toExponential(1);
}

/** 75_000 → `1 min 15 s`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** 77_200_000 → `77.2 MFLOP`. */
export function formatFlops(flops: number): string {
  if (flops >= 1e9) return `${(flops / 1e9).toFixed(1)} GFLOP`;
  if (flops >= 1e6) return `${(flops / 1e6).toFixed(1)} MFLOP`;
  return `${flops.toLocaleString("en-US")} FLOP`;
}

/** 11_689_512 → `11.7 M`, 61_706 → `61.7 k`. */
export function formatParameters(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return `${(count / 1e3).toFixed(1)} k`;
}

const FITTED = { stretch: "", crop: ", cropped", pad: ", padded" } as const;

/** `96×128×3, cropped`. */
export function formatImageShape({ imageShape, imageFit = "stretch" }: DatasetCard): string {
  return imageShape === null ? "of different sizes" : `${imageShape.join("×")}${FITTED[imageFit]}`;
}

/** Three significant digits: 5,290 or 0.0166. */
export function formatFigure(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** Nothing where the number of threads is not known. */
export function describeThreads(threads: number | null): string[] {
  return threads === null ? [] : [`${threads} ${threads === 1 ? "thread" : "threads"}`];
}

/** Binary units. */
export function formatBytes(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${(bytes / 2 ** 10).toFixed(1)} KiB`;
}

/** Columns padded to their widest cell. ANSI colours would count as letters: colour the result. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
