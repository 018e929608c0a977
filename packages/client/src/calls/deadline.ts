/** A bound on how long one call may take, beside the caller's own wish to end it. */

/** Why a task was ended: it took longer than it may. */
export class Deadline extends Error {
  override readonly name = "Deadline";
}

/** @throws {Deadline} through the task's signal; the caller's reason if that comes first. */
export async function withDeadline<T>(
  task: (signal: AbortSignal) => Promise<T>,
  { signal, ms }: { readonly signal: AbortSignal | undefined; readonly ms: number },
): Promise<T> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const onAbort = () => ending.abort(signal?.reason);
  const timer = setTimeout(() => ending.abort(new Deadline(`no answer within ${ms / 1000} s`)), ms);
  // Not AbortSignal.any: a worker makes millions of calls under one signal, which then remembers each.
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await task(ending.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
