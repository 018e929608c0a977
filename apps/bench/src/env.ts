/** The environment: what peers are started with (as many threads for each, tfjs-node where it was set up), and where photos lie. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const tfjsNodeScratch = fileURLToPath(
  new URL("../../../.scratch/tfjs-node/node_modules/@tensorflow/tfjs-node", import.meta.url),
);

/** @param threads that kernels may spread over: of the native engine, libtensorflow and OpenMP. */
export function peerEnvironment(threads: number): NodeJS.ProcessEnv {
  const count = String(threads);
  return {
    ...(existsSync(tfjsNodeScratch) && { CONVKIT_TFJS_NODE: tfjsNodeScratch }),
    ...process.env,
    CONVKIT_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    OMP_NUM_THREADS: count,
  };
}

/** A folder of JPEGs in class folders, from CONVKIT_BENCH_PHOTOS; null where none was named. */
export function photosFolder(): string | null {
  return process.env.CONVKIT_BENCH_PHOTOS?.trim() || null;
}
