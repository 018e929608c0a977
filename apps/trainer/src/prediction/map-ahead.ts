/** A task for each of any number of items, begun ahead of whoever takes the results, with a bound on how far. */

/**
 * @param items asked for one by one, and no sooner than needed.
 * @param ahead how many results may be under way or wait to be taken; 1 or more.
 * @returns results in the order of the items. The first failure is thrown in its turn and ends it.
 */
export async function* mapAhead<Item, Result>(
  items: AsyncIterable<Item>,
  ahead: number,
  task: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.asyncIterator]();
  const begun: Promise<Result>[] = [];
  let hasEnded = false;
  try {
    for (;;) {
      while (!hasEnded && begun.length < ahead) {
        const next = await iterator.next();
        if (next.done) {
          hasEnded = true;
          break;
        }
        const result = task(next.value);
        // Thrown when its turn comes, and not before as one that nobody catches.
        result.catch(() => undefined);
        begun.push(result);
      }
      const first = begun.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await iterator.return?.();
  }
}
