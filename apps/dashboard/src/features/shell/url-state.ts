/**
 * State of a page in its query string: a link restores it, and so does a reload. Written over the browser's own history,
 * which Next.js follows without asking the server for the page again.
 */
"use client";
import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** null takes a parameter out. */
export type UrlChange = Readonly<Record<string, string | null>>;

export interface UrlChangeOptions {
  /** Makes the change a step that "back" undoes. */
  readonly push?: boolean;
}

export function useUrlState(): [URLSearchParams, (change: UrlChange, options?: UrlChangeOptions) => void] {
  const params = useSearchParams();
  const update = useCallback((change: UrlChange, { push = false }: UrlChangeOptions = {}) => {
    const next = new URLSearchParams(window.location.search);
    for (const [key, value] of Object.entries(change)) {
      if (value === null || value === "") next.delete(key);
      else next.set(key, value);
    }
    const query = queryOf(next);
    const url = window.location.pathname + (query === "" ? "" : `?${query}`);
    if (url === window.location.pathname + window.location.search) return;
    if (push) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  }, []);
  return [params, update];
}

/** Commas and colons may stand as they are: a link that can be read is easier to trust. */
export function queryOf(params: URLSearchParams): string {
  return params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
}

/** Names in one parameter; a comma or percent sign in a name is escaped. */
export function joinList(items: readonly string[]): string | null {
  if (items.length === 0) return null;
  return items.map((item) => item.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

export function splitList(text: string | null): string[] {
  if (!text) return [];
  return text.split(",").map((item) => item.replaceAll("%2C", ",").replaceAll("%25", "%"));
}
