/** The time, for pages that say how long ago something was: one clock for all of them. */
"use client";
import { useSyncExternalStore } from "react";

const TICK_MS = 5000;
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970; null on the server, which does not know when the page will be read. */
export function useNow(): number | null {
  return useSyncExternalStore(subscribe, readNow, () => null);
}

function readNow(): number {
  if (timer === undefined || now === 0) now = Date.now();
  return now;
}
