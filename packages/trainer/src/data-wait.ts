/** How long the loop has waited for data: whether loading keeps up with the steps. */
import type { LabelledBatch, Loader } from "@convkit/data";

export class DataWait {
  #waitedMs = 0;

  /** Since the beginning, over all loaders watched. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** @returns a loader of the same batches, whose user is watched: any time between asking for one and having it. */
  watch<B extends LabelledBatch>(loader: Loader<B>): Loader<B> {
    const { stepsPerEpoch, imageShape } = loader;
    return {
      stepsPerEpoch,
      imageShape,
      epoch: (epoch, options) => this.#timed(loader.epoch(epoch, options)),
      close: () => loader.close(),
    };
  }

  async *#timed<B>(batches: AsyncIterable<B>): AsyncGenerator<B> {
    const iterator = batches[Symbol.asyncIterator]();
    try {
      for (;;) {
        const sinceMs = performance.now();
        const next = await iterator.next();
        this.#waitedMs += performance.now() - sinceMs;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}
