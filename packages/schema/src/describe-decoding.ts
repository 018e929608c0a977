/**
 * How a data set's pictures become those that a network sees, as people read it. An entry of its own, which pages in a
 * browser take without zod.
 */
import type { DatasetCard } from "./dataset-card.js";
import type { ResizeFit } from "./transform-fields.js";

const DECODED = {
  full: "each decoded whole",
  "dct-scaled":
    "JPEGs of 7.5 times that size and more, and other pictures of more than 32 Mi pixels, scaled to 2.5 times it while " +
    "they are decoded",
} as const;

const FITTED: Readonly<Record<ResizeFit, string>> = {
  stretch: "resized",
  crop: "cropped to the middle of that shape and resized",
  pad: "resized and padded with black to that shape",
};

/** @returns null where sizes differ and none was chosen, and where pictures are numbers in a file and not resized either. */
export function describeDecoding({
  decoding,
  imageFit,
  imageShape,
}: Pick<DatasetCard, "decoding" | "imageFit" | "imageShape">): string | null {
  if (imageShape === null || (decoding === undefined && imageFit === undefined)) return null;
  const [height, width] = imageShape;
  const fitted = FITTED[imageFit ?? "stretch"];
  return `to ${height} × ${width} pixels: ${decoding ? `${DECODED[decoding]}, then ${fitted}` : fitted}`;
}
