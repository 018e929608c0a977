/** A picture by its id: the thumbnail that a worker uploaded, or the mark of one that nobody did. */
"use client";
import { classNames, Icon } from "@convkit/ui";
import { useState } from "react";

export interface SmallPictureProps {
  src: string | null;
  alt?: string;
  className?: string;
}

export function SmallPicture({ src, alt = "", className }: SmallPictureProps) {
  const [missingSrc, setMissingSrc] = useState<string | null>(null);
  const isMissing = src === null || src === missingSrc;
  return (
    <span
      className={classNames(
        "flex aspect-square items-center justify-center overflow-hidden rounded-md bg-sunken text-ink-3",
        className,
      )}
    >
      {isMissing ? (
        <Icon name="image" className="size-5 opacity-60" />
      ) : (
        <img
          src={src}
          alt={alt}
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setMissingSrc(src)}
          className="size-full object-contain [image-rendering:pixelated]"
        />
      )}
    </span>
  );
}
