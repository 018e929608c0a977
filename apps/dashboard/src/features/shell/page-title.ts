/** The title of the tab, where it is known only once the page has read what it is about. */
"use client";
import { useEffect } from "react";

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · convkit`;
  }, [title]);
}
