/** Brings the field that an issue is about under the reader's hands, unfolding the section that it is in. */
import { pathText, type Path } from "./json-value";

/** Frames that an unfolded section is given to draw its fields: as many as a busy machine needs. */
const PATIENCE = 120;

/** The nearest field above, where the place itself has none. @returns false if there is none at all. */
export function focusField(path: Path, patience = PATIENCE): boolean {
  for (let length = path.length; length > 0; length -= 1) {
    const text = pathText(path.slice(0, length));
    const section = document.querySelector<HTMLDetailsElement>(
      `details[data-section="${CSS.escape(length === 1 ? text : String(path[0]))}"]`,
    );
    const found = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(text)}"]`);
    const place = found ?? (length === 1 ? section : null);
    // Its fields are drawn once it is open.
    if (section && !found && (!section.open || isEmpty(section)) && patience > 0) {
      section.open = true;
      requestAnimationFrame(() => focusField(path, patience - 1));
      return true;
    }
    const control = place?.querySelector<HTMLElement>("input, textarea, select, button, summary");
    if (!control) continue;
    control.scrollIntoView({ block: "center" });
    control.focus({ preventScroll: true });
    return true;
  }
  return false;
}

const isEmpty = (section: HTMLElement) => section.querySelector("[data-path]") === null;
