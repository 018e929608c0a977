/** What may be wider than a phone scrolls within itself, and keys can reach it: the page never scrolls sideways. */
import { html, type Markup } from "./markup.js";

/** @param label what a screen reader calls the box. */
export function scrollBox(label: string, content: Markup, classes = ""): Markup {
  return html`<div class="scroll ${classes}" tabindex="0" role="region" aria-label="${label}">
    ${content}
  </div>`;
}
