/** Who makes batches: this thread or others. A buffer is handed over with each task and comes back with the result. */
import type { BatchMix } from "@convkit/transforms";
import { BatchMaker, type BatchRecipe, type BatchTask } from "./batch-maker.js";

export interface ProducedBatch {
  /** The memory handed over, under a new ArrayBuffer if it went through another thread. */
  readonly buffer: ArrayBuffer;
  /** How its pictures were mixed with each other, or are to be; null: not at all. */
  readonly mix: BatchMix | null;
}

export interface BatchProducer {
  /**
   * @param buffer the batch is written to its beginning; not to be touched until it is back.
   */
  produce(task: BatchTask, buffer: ArrayBuffer): Promise<ProducedBatch>;
  /** Tasks under way fail with LoaderClosedError. */
  close(): Promise<void>;
}

/** `close` was called while somebody waited for a batch, or before he asked for one. */
export class LoaderClosedError extends Error {
  override readonly name = "LoaderClosedError";

  constructor() {
    super("Expected an open loader. Received: one that is closed. Create another for more batches.");
  }
}

/** Makes batches on this thread when they are asked for. */
export async function createInlineProducer(recipe: BatchRecipe): Promise<BatchProducer> {
  const maker = await BatchMaker.create(recipe);
  let isClosed = false;
  return {
    async produce(task, buffer) {
      if (isClosed) throw new LoaderClosedError();
      const mix = await maker.make(task, buffer);
      return { buffer, mix };
    },
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}
