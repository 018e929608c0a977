/**
 * Pictures with what they are and what they were taken for. Ten thousand of them scroll as ten do: only rows in view
 * stand in the document, and only their pictures are fetched.
 */
"use client";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";
import { scrollRowIntoView, useWindowRows } from "./window-rows.js";

export interface Picture {
  id: string;
  /** Address of the thumbnail; null where nobody uploaded one. */
  src: string | null;
  label: string;
  prediction?: string;
  /** Of the prediction, 0 to 1. */
  probability?: number;
}

export interface PictureGridProps {
  /** Names the gallery for screen readers. */
  label: string;
  pictures: readonly Picture[];
  onOpen?: (picture: Picture) => void;
  /** Smallest width of a tile in pixels; tiles share what is left of a row. */
  tileWidth?: number;
  /** Keeps the pixels of tiny pictures sharp. */
  pixelated?: boolean;
  /** CSS height beyond which rows scroll. */
  maxHeight?: string;
  className?: string;
}

const gap = 8;
const captionHeight = 38;

export function PictureGrid(props: PictureGridProps) {
  const {
    label,
    pictures,
    onOpen,
    tileWidth = 112,
    pixelated = true,
    maxHeight = "560px",
    className,
  } = props;
  const scrollRef = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);

  useEffect(() => {
    const scroller = scrollRef.current;
    if (scroller === null) return;
    const observer = new ResizeObserver(() => setWidth(scroller.clientWidth));
    observer.observe(scroller);
    return () => observer.disconnect();
  }, []);

  const columns = Math.max(1, Math.floor((width + gap) / (tileWidth + gap)));
  const tile = (width - gap * (columns - 1)) / columns;
  const rowHeight = Math.round(tile + captionHeight + gap);
  const rowCount = Math.ceil(pictures.length / columns);
  const { start, end } = useWindowRows({ scrollRef, count: rowCount, rowHeight, initialRows: 6 });

  useEffect(() => {
    if (!wantsFocus.current) return;
    const found = scrollRef.current?.querySelector<HTMLElement>(`[data-picture="${active}"]`);
    if (!found) return;
    wantsFocus.current = false;
    found.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowRight: active + 1,
      ArrowLeft: active - 1,
      ArrowDown: active + columns,
      ArrowUp: active - columns,
      PageDown: active + 4 * columns,
      PageUp: active - 4 * columns,
      Home: 0,
      End: pictures.length - 1,
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = Math.min(pictures.length - 1, Math.max(0, target));
    wantsFocus.current = true;
    setActive(next);
    if (scrollRef.current) scrollRowIntoView(scrollRef.current, Math.floor(next / columns), { rowHeight });
  };

  return (
    <div
      ref={scrollRef}
      role="list"
      aria-label={`${label}, ${pictures.length} ${pictures.length === 1 ? "picture" : "pictures"}`}
      style={{ maxHeight }}
      onKeyDown={onKeyDown}
      className={classNames("relative overflow-y-auto p-0.5", className)}
    >
      <div role="presentation" style={{ height: Math.max(0, rowCount * rowHeight - gap) }}>
        {pictures.slice(start * columns, end * columns).map((picture, offset) => {
          const index = start * columns + offset;
          return (
            <div
              key={picture.id}
              role="listitem"
              aria-setsize={pictures.length}
              aria-posinset={index + 1}
              className="absolute"
              style={{
                width: tile,
                left: (index % columns) * (tile + gap),
                top: Math.floor(index / columns) * rowHeight + 2,
              }}
            >
              <PictureTile
                picture={picture}
                pixelated={pixelated}
                index={index}
                tabIndex={index === active ? 0 : -1}
                onFocus={() => setActive(index)}
                {...(onOpen && { onOpen: () => onOpen(picture) })}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface PictureTileProps {
  picture: Picture;
  pixelated: boolean;
  index: number;
  tabIndex: number;
  onFocus: () => void;
  onOpen?: () => void;
}

function PictureTile({ picture, pixelated, index, ...control }: PictureTileProps) {
  const { src, label, prediction, probability } = picture;
  const [missingSrc, setMissingSrc] = useState<string | null>(null);
  const missing = src === null || src === missingSrc;
  const wrong = prediction !== undefined && prediction !== label;
  const percent = probability === undefined ? "" : `${(probability * 100).toFixed(1)}%`;
  return (
    <button
      type="button"
      data-picture={index}
      tabIndex={control.tabIndex}
      onFocus={control.onFocus}
      onClick={control.onOpen}
      className={classNames(
        "group/tile block w-full rounded-md text-left -outline-offset-1",
        control.onOpen ? "cursor-pointer" : "cursor-default",
      )}
    >
      <span className="flex aspect-square w-full items-center justify-center overflow-hidden rounded-md bg-sunken text-ink-3">
        {missing ? (
          <Icon name="image" className="size-6 opacity-60" />
        ) : (
          <img
            src={src}
            alt=""
            loading="lazy"
            decoding="async"
            draggable={false}
            onError={() => setMissingSrc(src)}
            className={classNames(
              "size-full object-contain transition-opacity group-hover/tile:opacity-85",
              pixelated && "[image-rendering:pixelated]",
            )}
          />
        )}
      </span>
      <span className="mt-1 block h-[34px] text-xs leading-[17px]">
        <span className="block truncate text-ink">
          <span className="sr-only">label </span>
          {label}
          {missing && <span className="sr-only">, picture missing</span>}
        </span>
        {prediction !== undefined && (
          <span className={classNames("flex gap-1", wrong ? "text-bad" : "text-ink-3")}>
            <span className="truncate">
              <span className="sr-only">, predicted </span>
              {wrong && <span aria-hidden="true">→ </span>}
              {prediction}
            </span>
            <span className="ml-auto font-mono text-2xs leading-[17px] tabular-nums">{percent}</span>
          </span>
        )}
      </span>
    </button>
  );
}
