/**
 * Attempts of one run, and which of their points count. A resumed attempt begins at the step of its checkpoint, a
 * retry on another machine at 0: points of earlier attempts after that step are superseded. They are kept, and not
 * drawn. The rule needs no order of arrival: what comes late from an attempt that was believed dead is superseded too.
 */

export interface Attempt {
  readonly attempt: number;
  /** Updates done when the attempt began; null until its first event is there. */
  readonly fromStep: number | null;
}

/** @returns the last step of `attempt` whose points count; Infinity for the newest one. */
export function lastStepOf(attempt: number, attempts: readonly Attempt[]): number {
  const later = attempts.filter((other) => other.attempt > attempt && other.fromStep !== null);
  return Math.min(Infinity, ...later.map(({ fromStep }) => fromStep ?? Infinity));
}
