/** Colours for canvases, which know no CSS variables: resolved on an element, again when the theme changes. */

/** Answers are kept until `forget` is called. */
export function colorResolver(element: HTMLElement): {
  resolve: (color: string) => string;
  forget: () => void;
} {
  const known = new Map<string, string>();
  return {
    resolve(color) {
      let resolved = known.get(color);
      if (resolved === undefined) {
        const probe = document.createElement("span");
        probe.style.color = color;
        probe.style.display = "none";
        element.append(probe);
        resolved = getComputedStyle(probe).color;
        probe.remove();
        known.set(color, resolved);
      }
      return resolved;
    },
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
