/** Entry of a worker thread: makes the batches it is asked for until it is ended. Built as a file of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { BatchMaker, type BatchRecipe } from "./loading/batch-maker.js";
import type { WorkerReply, WorkerRequest } from "./loading/worker-pool.js";

const port = parentPort;
if (port === null) throw new Error("Expected to be started as a worker thread. Received: the main thread.");

const maker = await BatchMaker.create(workerData as BatchRecipe);

port.on("message", ({ id, task, buffer }: WorkerRequest) => {
  const reply = (message: WorkerReply) => port.postMessage(message, [buffer]);
  maker.make(task, buffer).then(
    (mix) => reply({ kind: "batch", id, buffer, mix }),
    ({ name, message, stack = "" }: Error) =>
      reply({ kind: "error", id, error: { name, message, stack }, buffer }),
  );
});
port.postMessage({ kind: "ready" } satisfies WorkerReply);
