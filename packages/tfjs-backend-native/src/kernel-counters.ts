/** How often each kernel was served by native code and how often by the one copied from `cpu`, and why. */

/**
 * Why a call went to the copied kernel. "not native" is a kernel this package has no native code for, "unexplained"
 * one that spoke of dtypes it does not take where all inputs were of those it does.
 */
export type FallbackReason =
  | "not native"
  | "dtype"
  | "string or complex64"
  | "data format"
  | "empty input"
  | "negative padding"
  | "inconsistent shapes"
  | "too many axes"
  | "long axis"
  | "unexplained";

export type KernelCount = { native: number; copied: Partial<Record<FallbackReason, number>> };

const counts = new Map<string, KernelCount>();

/** The live count of one kernel, for its wrapper to increment. */
export function countOf(kernelName: string): KernelCount {
  let count = counts.get(kernelName);
  if (count === undefined) counts.set(kernelName, (count = { native: 0, copied: {} }));
  return count;
}

/** A snapshot of the counts of every kernel called since the start or the last reset. */
export function kernelCounters(): Record<string, KernelCount> {
  const called = [...counts].filter(([, count]) => count.native > 0 || Object.keys(count.copied).length > 0);
  return Object.fromEntries(called.map(([name, count]) => [name, structuredClone(count)]));
}

export function resetKernelCounters(): void {
  for (const count of counts.values()) {
    count.native = 0;
    count.copied = {};
  }
}
