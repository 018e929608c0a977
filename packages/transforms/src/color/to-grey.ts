/** Colour pictures as grey ones, for those who show or compare them; what is trained on is made grey by the decoder. */

/**
 * ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B, rounded, as grey JPEGs have it.
 * @param pixels uint8 [count, channels]: red, green, blue, and what else there may be.
 * @param channels 3 or more; pictures of 1 are grey already, and come back as they are.
 * @returns uint8 [count].
 */
export function toGrey(pixels: Uint8Array | Uint8ClampedArray, channels: number): Uint8Array {
  if (channels === 1) return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
  const grey = new Uint8Array(pixels.length / channels);
  for (let i = 0, at = 0; i < grey.length; i++, at += channels) {
    const [red, green, blue] = [pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number];
    grey[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return grey;
}
