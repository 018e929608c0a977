/** tfjs's WebAssembly backend. It has no filter gradient of a convolution, so it predicts and cannot train. */
import { cpuModel } from "../device-model.js";
import { setBackend, type Candidate } from "./candidate.js";

export const wasm: Candidate = {
  backend: "wasm",
  canTrain: false,
  caution: "inference only: it has no kernel for a convolution's filter gradient",
  async open(tf) {
    const backend = await loadWasmBackend();
    await setBackend(tf, "wasm");
    return {
      device: `${cpuModel()}, WebAssembly`,
      threads: backend.getThreadsCount(),
      versions: { tfjs: tf.version.tfjs, "@tensorflow/tfjs-backend-wasm": backend.version_wasm },
    };
  },
};

async function loadWasmBackend() {
  try {
    return await import("@tensorflow/tfjs-backend-wasm");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(
      "@tensorflow/tfjs-backend-wasm is not installed. npm install @tensorflow/tfjs-backend-wasm",
      {
        cause,
      },
    );
  }
}
