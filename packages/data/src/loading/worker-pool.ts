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

/** A worker is no more: something in it ended the thread, or used up its memory. */
export class WorkerEndedError extends Error {
  override readonly name = "WorkerEndedError";

  /** @param suspects of the source: the picture at which it ended, or those of which it was one; none if it had none. */
  constructor(
    reason: string,
    readonly suspects: readonly number[],
    cause: Error | null,
  ) {
    super(`Expected a loader's worker to go on. Received: ${reason}.`, { cause });
  }
}

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
  readonly task: BatchTask;
  readonly bytes: number;
  resolve(batch: ProducedBatch): void;
  reject(error: Error): void;
}

class PoolWorker {
  readonly ready: Promise<void>;
  readonly #recipe: BatchRecipe;
  readonly #worker: Worker;
  readonly #tasks = new Map<number, WaitingTask>();
  #nextId = 0;
  /** Why it makes no more batches. */
  #end: Promise<Error> | null = null;
  /** Looks for the picture at which this one ended. */
  #probe: PoolWorker | null = null;

  constructor(recipe: BatchRecipe, { isProbe = false } = {}) {
    this.#recipe = recipe;
    // Without the program's own Node options: with --input-type, as `node -e` has it, no worker starts.
    this.#worker = new Worker(loaderWorkerUrl(), {
      workerData: recipe,
      name: "convkit loader",
      execArgv: [],
    });
    this.ready = new Promise((resolve, reject) => {
      let thrown: Error | null = null;
      this.#worker.on("message", (reply: WorkerReply) => {
        if (reply.kind === "ready") resolve();
        else this.#settle(reply);
        // While it is being closed, its end is waited for.
        if (this.#tasks.size === 0 && this.#end === null) this.#worker.unref();
      });
      // Its end follows.
      this.#worker.on("error", (error: Error) => {
        thrown = error;
        reject(error);
      });
      this.#worker.on("exit", (code) => {
        const reason = thrown ? `${thrown.name}: ${thrown.message}` : `its end with exit code ${code}`;
        reject(new WorkerEndedError(reason, [], thrown));
        if (this.#end !== null) return;
        const tasks = [...this.#tasks.values()];
        const pictures = isProbe ? Promise.resolve([]) : this.#suspects(tasks);
        this.#end = pictures.then((found) => new WorkerEndedError(reason, found, thrown));
        void this.#end.then((error) => this.#rejectAll(error));
      });
    });
    // It may fail after it was ready, or be closed before.
    this.ready.catch(() => {});
  }

  get taskCount(): number {
    return this.#tasks.size;
  }

  async produce(task: BatchTask, buffer: ArrayBuffer): Promise<ProducedBatch> {
    if (this.#end !== null) throw await this.#end;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#tasks.set(id, { task, bytes: buffer.byteLength, resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, task, buffer } satisfies WorkerRequest, [buffer]);
    });
  }

  async close(): Promise<void> {
    const error = new LoaderClosedError();
    this.#end = Promise.resolve(error);
    this.#rejectAll(error);
    await Promise.all([this.#worker.terminate(), this.#probe?.close()]);
  }

  #settle(reply: Exclude<WorkerReply, { kind: "ready" }>): void {
    const task = this.#tasks.get(reply.id);
    this.#tasks.delete(reply.id);
    if (reply.kind === "batch") task?.resolve({ buffer: reply.buffer, mix: reply.mix });
    else task?.reject(Object.assign(new Error(reply.error.message), reply.error));
  }

  #rejectAll(error: Error): void {
    for (const task of this.#tasks.values()) task.reject(error);
    this.#tasks.clear();
  }

  /**
   * Transforms work on whole batches, so that a thread cannot say at which picture it ends. Another one makes the batches
   * again, each picture by itself and with the same draws, until it ends too.
   * @returns the picture; all of the batches where none of them ends a thread by itself.
   */
  async #suspects(tasks: readonly WaitingTask[]): Promise<number[]> {
    if (tasks.length === 0) return [];
    const all = tasks.flatMap(({ task }) => [...task.indices]);
    this.#probe = new PoolWorker({ ...this.#recipe, batchTransforms: [] }, { isProbe: true });
    try {
      const isReady = await this.#probe.ready.then(
        () => true,
        () => false,
      );
      if (!isReady) return all;
      for (const { task, bytes } of tasks) {
        // Memory may be what has run out.
        const share = 4 * Math.ceil(bytes / 4 / task.indices.length);
        for (let i = 0; i < task.indices.length; i++) {
          const single = {
            ...task,
            indices: task.indices.slice(i, i + 1),
            repetitions: task.repetitions && task.repetitions.slice(i, i + 1),
          };
          const failure: unknown = await this.#probe.produce(single, new ArrayBuffer(share)).then(
            () => null,
            (error: unknown) => error,
          );
          if (failure instanceof WorkerEndedError) return [...single.indices];
          if (failure instanceof LoaderClosedError) return [];
        }
      }
    } finally {
      await this.#probe.close();
    }
    return all;
  }
}
