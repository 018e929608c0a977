/** Colours for canvases, which know no CSS variables: resolved on an element, again when the theme changes. */

export interface ColorResolver {
  /** As canvases take it: `rgb(…)`. Answers are kept until `forget` is called. */
  resolve: (color: string) => string;
  /** Asks for many at once: each question for itself would have the page's styles worked out anew. */
  prepare: (colors: readonly string[]) => void;
  forget: () => void;
}

export function colorResolver(element: HTMLElement): ColorResolver {
  const known = new Map<string, string>();
  const prepare = (colors: readonly string[]) => {
    const unknown = [...new Set(colors)].filter((color) => !known.has(color));
    if (unknown.length === 0) return;
    const probes = unknown.map((color) => {
      const probe = document.createElement("span");
      probe.style.color = color;
      return probe;
    });
    const box = document.createElement("span");
    box.style.display = "none";
    box.append(...probes);
    element.append(box);
    for (const [index, probe] of probes.entries()) known.set(unknown[index]!, getComputedStyle(probe).color);
    box.remove();
  };
  return {
    resolve(color) {
      prepare([color]);
      return known.get(color)!;
    },
    prepare,
    forget: () => known.clear(),
  };
}

/** Calls when the system's theme or the page's `data-theme` or class changes. @returns a function that ends it. */
export function onThemeChange(listener: () => void): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", listener);
  const observer = new MutationObserver(listener);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributes: true, attributeFilter: ["data-theme", "class"] });
  }
  return () => {
    media.removeEventListener("change", listener);
    observer.disconnect();
  };
}
