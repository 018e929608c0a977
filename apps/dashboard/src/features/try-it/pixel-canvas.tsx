/** Pixels as they are, drawn anew whenever they change. */
"use client";
import { classNames } from "@convkit/ui";
import { useEffect, useRef } from "react";
import type { ShownPicture } from "./classifier-protocol";

export interface PixelCanvasProps {
  picture: ShownPicture;
  label: string;
  className?: string;
}

/** Edges up to this are magnified, and stay pixels. */
const SMALL_EDGE = 128;

export function PixelCanvas({ picture, label, className }: PixelCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { rgba, height, width } = picture;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className={classNames(
        "aspect-square w-full rounded-md bg-sunken object-contain",
        Math.max(height, width) <= SMALL_EDGE && "[image-rendering:pixelated]",
        className,
      )}
    />
  );
}
