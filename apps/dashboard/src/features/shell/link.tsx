/**
 * A link of the pages. Next.js would fetch ahead what every link in view leads to, while the page's own data is on its
 * way from the same machine; here that waits until somebody points at it.
 */
"use client";
import NextLink from "next/link";
import { useState, type ComponentProps } from "react";

export function Link({ onPointerEnter, onFocus, ...props }: ComponentProps<typeof NextLink>) {
  const [isMeant, setIsMeant] = useState(false);
  return (
    <NextLink
      {...props}
      prefetch={isMeant ? null : false}
      onPointerEnter={(event) => {
        setIsMeant(true);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        setIsMeant(true);
        onFocus?.(event);
      }}
    />
  );
}
