/** Joins the classes of a component with those that its user adds. */

/** `false`, `null` and `undefined` are left out, so that `on && "class"` reads well. */
export function classNames(...parts: readonly (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(" ");
}
