/** The environment that peers are started with: as many threads for each, and tfjs-node where it was set up. */
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
