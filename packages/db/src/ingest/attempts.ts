/**
 * Attempts of one run, and which of their points count. A resumed attempt begins at the step of its checkpoint, a
 * retry on another machine at 0: points of earlier attempts after that step are superseded. They are kept, and not
 * drawn. The rule needs no order of arrival: what comes late from an attempt that was believed dead is superseded too.
 */

export interface Attempt {
  readonly attempt: number;
  /** Updates done when the attempt began, 0 where it began anew; null until its first event is there. */
  readonly fromStep: number | null;
}

/** A part of one curve: points of one attempt, ascending in steps. */
export interface CurvePart {
  readonly attempt: number;
  readonly steps: ArrayLike<number>;
}

/**
 * How many points of each part count, from its front on. They ascend over all parts: a later attempt's point also
 * takes the place of an earlier one's at the very step at which the later attempt began.
 *
 * @param parts of one curve, by attempt and then by step.
 */
export function countVisible(parts: readonly CurvePart[], attempts: readonly Attempt[]): number[] {
  const counts = new Array<number>(parts.length).fill(0);
  let nextStep = Infinity;
  for (let end = parts.length; end > 0;) {
    const { attempt } = parts[end - 1]!;
    let start = end - 1;
    while (start > 0 && parts[start - 1]!.attempt === attempt) start -= 1;
    const lastStep = Math.min(lastStepOf(attempt, attempts), nextStep - 1);
    for (let index = start; index < end; index += 1)
      counts[index] = lowerBound(parts[index]!.steps, lastStep + 1);
    if (counts[start]! > 0) nextStep = parts[start]!.steps[0]!;
    end = start;
  }
  return counts;
}

/** @returns the last step of `attempt` whose points count; Infinity for the newest one, below 0 if none counts. */
function lastStepOf(attempt: number, attempts: readonly Attempt[]): number {
  let last = Infinity;
  for (const { attempt: other, fromStep } of attempts) {
    // Whoever begins anew supersedes what was said before the first step, too.
    if (other > attempt && fromStep !== null) last = Math.min(last, fromStep === 0 ? -1 : fromStep);
  }
  return last;
}

/** First index whose step is at least `bound`. */
function lowerBound(steps: ArrayLike<number>, bound: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
