/** The network's input under what speaks for a class in it, as strongly as one likes. */
"use client";
import { Skeleton, Slider } from "@convkit/ui";
import { useState } from "react";
import type { Explanation, ShownPicture } from "./classifier-protocol";
import { PixelCanvas } from "./pixel-canvas";

export interface EvidenceFigureProps {
  input: ShownPicture | undefined;
  explanation: Explanation | undefined;
  /** Name of the class that is explained. */
  className: string | undefined;
}

export function EvidenceFigure({ input, explanation, className }: EvidenceFigureProps) {
  const [opacity, setOpacity] = useState(0.6);
  if (explanation && "failure" in explanation) {
    return (
      <p className="flex aspect-square items-center overflow-auto rounded-md bg-sunken p-3 text-xs text-ink-2">
        This cannot be explained here: {explanation.failure}
      </p>
    );
  }
  const overlay = explanation?.overlay;
  return (
    <figure className="col-span-2 grid min-w-0 grid-cols-2 gap-3 sm:col-span-1 sm:block">
      <div className="relative self-start">
        {input && explanation ? (
          <PixelCanvas picture={input} label={`What speaks for ${className}, by Grad-CAM`} />
        ) : (
          <Skeleton className="aspect-square h-auto w-full" />
        )}
        {overlay && (
          <div className="absolute inset-0" style={{ opacity }} aria-hidden="true">
            <PixelCanvas picture={overlay} label="" />
          </div>
        )}
      </div>
      <figcaption className="mt-1 min-w-0 text-xs text-ink-2">
        {overlay === null
          ? `Nothing in it speaks for ${className}`
          : `What speaks for ${className ?? "it"} (Grad-CAM)`}
        <Slider
          label="Opacity of what speaks for it"
          hideLabel
          min={0}
          max={1}
          step={0.05}
          value={opacity}
          onValueChange={setOpacity}
          format={(value) => `${Math.round(100 * value)}%`}
        />
      </figcaption>
    </figure>
  );
}
