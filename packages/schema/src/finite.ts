/** JSON has no NaN or Infinity; training does. Numbers that may be either are spelled out on the wire. */
import { z } from "zod";

const SPELLED = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** A number of any value; reads `"NaN"`, `"Infinity"` and `"-Infinity"` as what they say. */
export const AnyNumber = z.union([
  z.number(),
  z.nan(),
  z.literal(Number.POSITIVE_INFINITY),
  z.literal(Number.NEGATIVE_INFINITY),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform((name) => SPELLED[name]),
]);

/** `JSON.stringify` that spells NaN and the infinities instead of writing `null`. */
export function stringifyWithSpelledNumbers(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item),
    indent,
  );
}
