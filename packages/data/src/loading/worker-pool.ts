/**
 * Worker threads that make batches. A batch's memory travels by transfer, so nothing is copied and a consumer never sees
 * a batch change under its hands. Idle workers do not keep the process alive, and `close` ends them in any case.
 *
 * sharp must have been loaded on the main thread before workers load it (its installation notes, "Worker threads"); the
 * import of decode-image.ts, which every user of this package does, sees to that.
 */
import { Worker } from "node:worker_threads";
import type { BatchMix } from "@convkit/transforms";
import { loaderWorkerUrl } from "../loader-worker-url.js";
import type { BatchRecipe, BatchTask } from "./batch-maker.js";
import { LoaderClosedError, type BatchProducer, type ProducedBatch } from "./batch-producer.js";

export interface WorkerRequest {
  readonly id: number;
  readonly task: BatchTask;
  readonly buffer: ArrayBuffer;
}

export type WorkerReply =
  | { readonly kind: "ready" }
  | {
      readonly kind: "batch";
      readonly id: number;
      readonly buffer: ArrayBuffer;
      readonly mix: BatchMix | null;
    }
  | {
      readonly kind: "error";
      readonly id: number;
      /** Its class does not survive the way between threads. */
      readonly error: { readonly name: string; readonly message: string; readonly stack: string };
      readonly buffer: ArrayBuffer;
    };

/** @throws what a worker threw when it was started, such as a user's transform that does not load there. */
export async function createWorkerPool(recipe: BatchRecipe, workers: number): Promise<BatchProducer> {
  const pool = Array.from({ length: workers }, () => new PoolWorker(recipe));
  const close = async () => void (await Promise.all(pool.map((worker) => worker.close())));
  try {
    await Promise.all(pool.map((worker) => worker.ready));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    produce: (task, buffer) => leastBusy(pool).produce(task, buffer),
    close,
  };
}

function leastBusy(pool: readonly PoolWorker[]): PoolWorker {
  return pool.reduce((best, worker) => (worker.taskCount < best.taskCount ? worker : best));
}

interface WaitingTask {
  resolve(batch: ProducedBatch): void;
  reject(error: Error): void;
}

class PoolWorker {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #tasks = new Map<number, WaitingTask>();
  #nextId = 0;
  /** Why it makes no more batches. */
  #end: Error | null = null;

  constructor(recipe: BatchRecipe) {
    // Without the program's own Node options: with --input-type, as `node -e` has it, no worker starts.
    this.#worker = new Worker(loaderWorkerUrl(), {
      workerData: recipe,
      name: "convkit loader",
      execArgv: [],
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on("message", (reply: WorkerReply) => {
        if (reply.kind === "ready") resolve();
        else this.#settle(reply);
        if (this.#tasks.size === 0) this.#worker.unref();
      });
      this.#worker.on("error", (error: Error) => {
        this.#fail(error);
        reject(error);
      });
      this.#worker.on("exit", (code) => {
        const error = new Error(
          `Expected a loader's worker to go on. Received: its end with exit code ${code}.`,
        );
        this.#fail(error);
        reject(error);
      });
    });
    // It may fail after it was ready, or be closed before.
    this.ready.catch(() => {});
  }

  get taskCount(): number {
    return this.#tasks.size;
  }

  produce(task: BatchTask, buffer: ArrayBuffer): Promise<ProducedBatch> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#tasks.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, task, buffer } satisfies WorkerRequest, [buffer]);
    });
  }

  async close(): Promise<void> {
    this.#fail(new LoaderClosedError());
    await this.#worker.terminate();
  }

  #settle(reply: Exclude<WorkerReply, { kind: "ready" }>): void {
    const task = this.#tasks.get(reply.id);
    this.#tasks.delete(reply.id);
    if (reply.kind === "batch") task?.resolve({ buffer: reply.buffer, mix: reply.mix });
    else task?.reject(Object.assign(new Error(reply.error.message), reply.error));
  }

  /** The first reason stays: ending a worker makes it exit too. */
  #fail(error: Error): void {
    this.#end ??= error;
    for (const task of this.#tasks.values()) task.reject(this.#end);
    this.#tasks.clear();
  }
}
