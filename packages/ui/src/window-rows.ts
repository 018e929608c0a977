/** Which rows of a long list stand in the document: those in view and a few around. All rows have one height. */
"use client";
import { useLayoutEffect, useState, type RefObject } from "react";

export interface RowWindow {
  /** First row rendered. */
  start: number;
  /** One past the last row rendered. */
  end: number;
}

export interface WindowGeometry {
  scrollTop: number;
  viewportHeight: number;
  rowHeight: number;
  count: number;
  overscan?: number;
}

/** At least one row if there is any, and never more than fit into the viewport with `overscan` at both ends. */
export function rowsInView(geometry: WindowGeometry): RowWindow {
  const { scrollTop, viewportHeight, rowHeight, count, overscan = 8 } = geometry;
  const last = Math.max(0, count - 1);
  const first = Math.min(last, Math.max(0, Math.floor(scrollTop / rowHeight)));
  const fit = Math.ceil(Math.max(0, viewportHeight) / rowHeight) + 1;
  return { start: Math.max(0, first - overscan), end: Math.min(count, first + fit + overscan) };
}

export interface WindowRowsOptions {
  scrollRef: RefObject<HTMLElement | null>;
  count: number;
  rowHeight: number;
  /** Height of what stands above the rows inside the scroller. */
  offset?: number;
  /** Rows rendered before anything could be measured, and so by the server. */
  initialRows?: number;
}

/** Follows the scroller's position and size; renders again only when the window changes. */
export function useWindowRows(options: WindowRowsOptions): RowWindow {
  const { scrollRef, count, rowHeight, offset = 0, initialRows = 30 } = options;
  const [seen, setSeen] = useState<RowWindow | null>(null);
  useLayoutEffect(() => {
    const scroller = scrollRef.current;
    if (scroller === null) return;
    const measure = () => {
      const next = rowsInView({
        scrollTop: scroller.scrollTop - offset,
        viewportHeight: scroller.clientHeight,
        rowHeight,
        count,
      });
      setSeen((old) => (old?.start === next.start && old.end === next.end ? old : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(scroller);
    scroller.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", measure);
    };
  }, [scrollRef, count, rowHeight, offset]);
  const window = seen ?? { start: 0, end: initialRows };
  return { start: Math.min(window.start, count), end: Math.min(window.end, count) };
}

/** Scrolls no further than needed to show row `index` whole. */
export function scrollRowIntoView(
  scroller: HTMLElement,
  index: number,
  { rowHeight, offset = 0 }: { rowHeight: number; offset?: number },
): void {
  const top = index * rowHeight;
  const viewportHeight = scroller.clientHeight - offset;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + viewportHeight) {
    scroller.scrollTop = top + rowHeight - viewportHeight;
  }
}
