/** A chart as a picture and as a file to save. */
import { colorResolver } from "./css-colors.js";
import type { CurveSeries } from "./curve-series.js";

export interface PngOptions {
  title: string;
  series: readonly CurveSeries[];
  /** Its theme and font are the picture's. */
  element: HTMLElement;
  /** Canvas pixels a CSS pixel. */
  ratio: number;
}

/** The plot on the ground of its card, with title above and the visible series below. */
export async function curvesToPng(plot: HTMLCanvasElement, options: PngOptions): Promise<Blob> {
  const { title, series, element, ratio } = options;
  const { resolve } = colorResolver(element);
  const family = getComputedStyle(element).fontFamily;
  const padding = 16 * ratio;
  const line = 18 * ratio;
  const titleHeight = title === "" ? 0 : line * 1.5;
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("Expected a 2D canvas. Received: none from this browser.");
  const legendFont = `${12 * ratio}px ${family}`;
  ctx.font = legendFont;
  const legend = layOutLegend(series, (label) => ctx.measureText(label).width + 34 * ratio, plot.width);
  canvas.width = plot.width + 2 * padding;
  canvas.height = plot.height + titleHeight + legend.rows * line + 2.5 * padding;

  ctx.fillStyle = resolve("var(--color-surface)");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.textBaseline = "middle";
  ctx.fillStyle = resolve("var(--color-ink)");
  ctx.font = `600 ${14 * ratio}px ${family}`;
  ctx.fillText(title, padding, padding + line / 2);
  ctx.drawImage(plot, padding, padding + titleHeight);
  ctx.font = legendFont;
  for (const { curve, left, row } of legend.items) {
    const x = padding + left;
    const y = padding * 1.5 + titleHeight + plot.height + (row + 0.5) * line;
    ctx.strokeStyle = resolve(curve.color);
    ctx.lineWidth = 2.5 * ratio;
    ctx.setLineDash((curve.dash ?? []).map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + 14 * ratio, y);
    ctx.stroke();
    ctx.fillText(curve.label, x + 20 * ratio, y);
  }
  return new Promise((resolvePng, reject) =>
    canvas.toBlob((blob) =>
      blob === null
        ? reject(new Error("Expected a PNG. Received: none from this browser."))
        : resolvePng(blob),
    ),
  );
}

function layOutLegend(series: readonly CurveSeries[], widthOf: (label: string) => number, available: number) {
  let left = 0;
  let row = 0;
  const items = series.map((curve) => {
    const width = widthOf(curve.label);
    if (left > 0 && left + width > available) {
      left = 0;
      row++;
    }
    const item = { curve, left, row };
    left += width;
    return item;
  });
  return { items, rows: items.length === 0 ? 0 : row + 1 };
}

/** Hands a file to the browser's downloads. */
export function saveFile(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** `val_loss, smoothed` → `val_loss-smoothed.png`. */
export function fileNameOf(title: string, extension: string): string {
  const stem = title.replace(/[^\p{L}\p{N}_.]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");
  return `${stem === "" ? "chart" : stem}.${extension}`;
}
