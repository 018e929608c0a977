/** Figures in words for a reader who does not know the terms: shares as “94 of 100”, never rounded to all or none. */
import { formatCount } from "./format-number.js";

const NAMES_LISTED = 3;
/** From so many pictures on, a tenth of a picture in a hundred means something. */
const ENOUGH_FOR_TENTHS = 1000;

/**
 * 0.94 → "94": how many of a hundred, with a decimal where a thousand things or more were counted, and with as many
 * as it takes to be neither 0 nor 100 where a fraction is neither 0 nor 1.
 */
export function ofHundred(fraction: number, count: number): string {
  const share = fraction * 100;
  for (let digits = count >= ENOUGH_FOR_TENTHS ? 1 : 0; digits < 6; digits += 1) {
    const text = share.toFixed(digits);
    if ((Number(text) > 0 || fraction <= 0) && (Number(text) < 100 || fraction >= 1)) {
      return String(Number(text));
    }
  }
  return String(share);
}

/** `“cat”`. */
export function quoted(name: string): string {
  return `“${name}”`;
}

/** `“cat”, “dog”, “eel” and 4 more`. */
export function listNames(names: readonly string[], mostListed = NAMES_LISTED): string {
  return joinWords(
    names.length > mostListed + 1
      ? [...names.slice(0, mostListed).map(quoted), `${names.length - mostListed} more`]
      : names.map(quoted),
  );
}

/** `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}

/** 1, "picture" → "1 picture"; 1200, "picture" → "1,200 pictures". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** Whether the network had anything to do with the pictures before it was judged by them. */
export function describeSplit(split: string): string {
  switch (split) {
    case "test":
      return "the test split, held back from training";
    case "validation":
      return (
        "the validation split, held back from training; but the best epoch was chosen by them, so that the figures are kinder " +
        "than they should be"
      );
    case "train":
      return "the very pictures it was trained on, so that the figures say little of new ones";
    default:
      return `the ${split} split`;
  }
}
