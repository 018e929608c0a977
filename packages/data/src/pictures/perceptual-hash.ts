/**
 * A picture's perceptual hash: 64 bits that change little when the picture is scaled, compressed again or made lighter, so
 * that two pictures whose hashes differ in few bits show nearly the same.
 *
 * C. Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions, §3.2.1 (DCT based hash),
 * https://www.phash.org/docs/pubs/thesis_zauner.pdf
 */

/** Edge of the square that a picture is reduced to first. */
export const HASHED_EDGE = 32;

/** Of the coefficients that are compared, along each axis, from the first behind the mean's. */
const FREQUENCIES = 8;

/** A picture whose reduced pixels deviate less than this from their mean (of 0…255) shows nothing that could be told apart. */
const FLATTEST = 1;

/** cos(π/N · (x + ½) · k), row k for k = 1…8. */
const COSINES = Float64Array.from({ length: FREQUENCIES * HASHED_EDGE }, (_, i) => {
  const k = Math.floor(i / HASHED_EDGE) + 1;
  return Math.cos((Math.PI / HASHED_EDGE) * ((i % HASHED_EDGE) + 0.5) * k);
});

/**
 * Of the 32×32 grey picture, those 8×8 coefficients of the cosine transform that follow the mean's; a bit is 1 where
 * the coefficient is above the median of all 64.
 * @param pixels uint8 [32, 32], grey.
 * @returns 16 hexadecimal digits, coefficients row by row, or null for a picture of one tone.
 */
export function perceptualHash(pixels: ArrayLike<number>): string | null {
  if (isFlat(pixels)) return null;
  const coefficients = lowFrequencies(pixels);
  const ordered = coefficients.slice().sort();
  const middle = ordered.length / 2;
  const median = ((ordered[middle - 1] as number) + (ordered[middle] as number)) / 2;
  let hash = "";
  for (let i = 0; i < coefficients.length; i += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) digit = digit * 2 + Number((coefficients[i + bit] as number) > median);
    hash += digit.toString(16);
  }
  return hash;
}

function isFlat(pixels: ArrayLike<number>): boolean {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / pixels.length;
  return squares / pixels.length - mean * mean < FLATTEST * FLATTEST;
}

/** Rows first, then columns of what is left. */
function lowFrequencies(pixels: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(HASHED_EDGE * FREQUENCIES);
  for (let y = 0; y < HASHED_EDGE; y++) {
    for (let k = 0; k < FREQUENCIES; k++) {
      let sum = 0;
      for (let x = 0; x < HASHED_EDGE; x++) {
        sum += (pixels[y * HASHED_EDGE + x] as number) * (COSINES[k * HASHED_EDGE + x] as number);
      }
      rows[y * FREQUENCIES + k] = sum;
    }
  }
  const coefficients = new Float64Array(FREQUENCIES * FREQUENCIES);
  for (let j = 0; j < FREQUENCIES; j++) {
    for (let k = 0; k < FREQUENCIES; k++) {
      let sum = 0;
      for (let y = 0; y < HASHED_EDGE; y++) {
        sum += (rows[y * FREQUENCIES + k] as number) * (COSINES[j * HASHED_EDGE + y] as number);
      }
      coefficients[j * FREQUENCIES + k] = sum;
    }
  }
  return coefficients;
}
