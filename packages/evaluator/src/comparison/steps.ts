/** A computation that pauses again and again, so that a server that runs it can answer others in between. */

/** Pauses where a run has been measured once: after some milliseconds, of tens of thousands of pictures. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Without a pause. */
export function finish<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
