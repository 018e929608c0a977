/**
 * What a forward pass gave, read a few passes later: a backend that computes behind the program, as a GPU does, has nothing to do
 * whenever the loop waits for a result. Results come in the order of their passes.
 */
import * as tf from "@tensorflow/tfjs";
import { usualStepsInFlight } from "./steps-in-flight.js";

export class ReadsInFlight<Result> {
  readonly #onRead: (result: Result) => void;
  readonly #most = usualStepsInFlight();
  #reads: Promise<Result>[] = [];

  constructor(onRead: (result: Result) => void) {
    this.#onRead = onRead;
  }

  /**
   * Waits for the first of those under way where there are as many as may be.
   * @throws what a read threw, of an earlier pass, too.
   */
  async add(read: Promise<Result>): Promise<void> {
    // Whoever waits for it later hears of its error, and nobody does if an earlier one fails.
    read.catch(() => undefined);
    this.#reads.push(read);
    if (this.#reads.length >= this.#most) this.#onRead(await this.#reads.shift()!);
  }

  /** Waits for what is left behind a failure, and forgets it. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#reads.splice(0));
  }

  /** Waits for all. @throws what a read threw. */
  async land(): Promise<void> {
    while (this.#reads.length > 0) this.#onRead(await this.#reads.shift()!);
  }
}

/** The values of tensors, which are disposed of however that ends. */
export async function readAndDispose(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  try {
    return (await Promise.all(tensors.map((tensor) => tensor.data()))) as Float32Array[];
  } finally {
    tf.dispose([...tensors]);
  }
}
