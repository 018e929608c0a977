/** From labels as a file has them, numbers or texts, to classes with names. */
import { basename } from "node:path";
import { DatasetFormatError } from "./dataset-format-error.js";

/** The number of a class, or its name. */
export type RawLabel = number | string;

export interface LabelledClasses {
  /** Index = label. */
  readonly classNames: readonly string[];
  /** Its name, or why it has none: a picture with it is then a bad one. */
  readonly classOf: (label: RawLabel) => { readonly className: string } | { readonly badReason: string };
}

/**
 * Without names the labels stand for themselves: sorted as numbers if all of them are, else by code unit.
 * @param labels all that there are, any number of times.
 * @param named the names, index = number, and what names them.
 * @throws {DatasetFormatError} if a name is given to two classes.
 */
export function openClasses(
  labels: readonly RawLabel[],
  named: { readonly names: readonly string[]; readonly where: string } | null,
): LabelledClasses {
  if (named === null) {
    const distinct = [...new Set(labels)];
    const classNames = distinct.every((label) => typeof label === "number")
      ? distinct.sort((a, b) => a - b).map(String)
      : [...new Set(distinct.map(String))].sort();
    return { classNames, classOf: (label) => ({ className: String(label) }) };
  }
  const { names, where } = named;
  const known = new Set(names);
  if (known.size < names.length) {
    const again = names.find((name, i) => names.indexOf(name) < i);
    throw new DatasetFormatError(`Expected a name for each class in ${where}. Received: ${again} for two.`);
  }
  return {
    classNames: names,
    classOf(label) {
      const className = typeof label === "number" ? names[label] : known.has(label) ? label : undefined;
      if (className !== undefined) return { className };
      const found = typeof label === "number" ? label : JSON.stringify(label);
      return {
        badReason: `has the label ${found}, none of the ${names.length} that ${basename(where)} names`,
      };
    },
  };
}

/** @returns null for what is no label: an empty text, a fraction, a negative number, which stands for "not told". */
export function parseLabel(value: unknown): RawLabel | null {
  if (typeof value === "bigint")
    return value > Number.MAX_SAFE_INTEGER ? String(value) : parseLabel(Number(value));
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : null;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
