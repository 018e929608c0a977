/**
 * Memory that kernels get is recycled, so that an element which a kernel forgets to write, or reads before anybody wrote it,
 * often holds the right number from the call before. Here every buffer holds NaN when it is handed out.
 */
import type { WebgpuBackend } from "../src/index.js";

/** Runs a call during which whatever is acquired, outputs and scratch alike, is full of NaN (as an integer 0x7fc00000). */
export function withPoison<T>(backend: WebgpuBackend, call: () => T): T {
  const pool = backend.bufferManager;
  const acquire = pool.acquireBuffer.bind(pool);
  pool.acquireBuffer = (sizeBytes, usage, ...rest) => {
    const buffer = acquire(sizeBytes, usage, ...rest);
    if (usage & GPUBufferUsage.STORAGE) {
      // What was recorded with the buffer before is to see it as it was.
      backend.submitQueue();
      backend.queue.writeBuffer(buffer, 0, new Uint32Array(sizeBytes / 4).fill(0x7fc00000));
    }
    return buffer;
  };
  try {
    return call();
  } finally {
    pool.acquireBuffer = acquire;
  }
}
