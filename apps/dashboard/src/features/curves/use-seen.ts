/** Whether something has come near the reader's view: charts far below cost nothing until then. */
"use client";
import { useEffect, useRef, useState, type RefObject } from "react";

/** @param margin how near, as CSS of IntersectionObserver. */
export function useSeen<Element extends HTMLElement>(margin = "400px"): [RefObject<Element | null>, boolean] {
  const ref = useRef<Element>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (seen || element === null) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: margin },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen, margin]);
  return [ref, seen];
}
