/** A slice in words. */

/** What convkit measures of a picture; every other property is a column of the user's manifest and keeps its name. */
const PROPERTIES: Readonly<Record<string, string>> = {
  width: "Width in pixels",
  height: "Height in pixels",
  aspect: "Width ÷ height",
  brightness: "Brightness, 0 to 255",
  contrast: "Contrast (spread of the grey)",
  sharpness: "Sharpness (low where blurred)",
  colourfulness: "Colourfulness (0 where grey)",
};

export function propertyWords(by: string): string {
  return Object.hasOwn(PROPERTIES, by) ? PROPERTIES[by]! : by;
}

const SIGNIFICANT = 0.05;

/** Whether it differs from all other pictures by more than chance explains; empty where it does not. */
export function sliceVerdict({ difference, pValue }: { difference: number; pValue: number }) {
  if (!(pValue < SIGNIFICANT)) return "";
  return difference < 0 ? "worse" : "better";
}
