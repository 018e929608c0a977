/**
 * HTML and SVG out of template literals in which every value is escaped unless it is markup already. Class names,
 * ids and run names come from users' folders: none of them may become an element or end an attribute.
 */

/** Text that is HTML and needs no more escaping. Only `html` and `trusted` make one. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | null | readonly Value[];

/**
 * The template's own text is markup; values are escaped, arrays joined, null is nothing. Indentation of the source
 * is left out: a page of 43 classes has two thousand cells.
 */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  const parts = strings.map((part) => part.replace(/\n\s+/g, "\n"));
  return new Markup(parts.reduce((text, part, index) => text + textOf(values[index - 1] ?? null) + part));
}

/** Marks text of our own, such as a style sheet, as markup. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function textOf(value: Value): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return escapeHtml(String(value));
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Fit for element content and quoted attributes; control characters, which HTML forbids, become U+FFFD. */
export function escapeHtml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd")
      .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
  );
}
