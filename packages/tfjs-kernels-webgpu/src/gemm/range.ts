/** 0 … length − 1, for what is unrolled in WGSL. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
