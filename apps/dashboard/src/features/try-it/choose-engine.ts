/**
 * Which tfjs backend a page runs a network on: chosen by trying the network itself, since a graphics card may refuse a
 * kernel, or reckon in 16 bits. Their scripts come only now.
 */
import type { Classifier } from "@convkit/models";
import type { PageEngine } from "./classifier-protocol";

/** None of the backends runs the network. */
class NoEngineError extends Error {
  override readonly name = "NoEngineError";
}

const ENGINES = ["webgl", "wasm", "cpu"] as const satisfies readonly PageEngine[];

/** A picture in less: nobody waits for it, so that no other engine need be tried. */
const QUICK_MS = 50;

interface TriedEngine {
  readonly engine: PageEngine;
  readonly classifier: Classifier;
  /** Of one picture, behind the first. */
  readonly durationMs: number;
}

/**
 * The first that is quick, or else the quickest: WebGL without a graphics card, say, is slower than WebAssembly.
 * @param url of the folder with the classifier's files.
 */
export async function openOnBestEngine(url: string): Promise<Pick<TriedEngine, "classifier" | "engine">> {
  const { setBackend } = await import("@tensorflow/tfjs");
  const refusals: string[] = [];
  let best: TriedEngine | null = null;
  for (const engine of ENGINES) {
    // JavaScript's own kernels are never the quickest.
    if (best !== null && (best.durationMs < QUICK_MS || engine === "cpu")) break;
    const tried = await tryEngine(engine, url);
    if (typeof tried === "string") refusals.push(`${engine}: ${tried}`);
    else if (best === null || tried.durationMs < best.durationMs) {
      best?.classifier.dispose();
      best = tried;
    } else tried.classifier.dispose();
  }
  if (best === null) {
    const received = refusals.join("; ");
    throw new NoEngineError(
      `Expected a browser that runs the network on WebGL, WebAssembly or the CPU. Received: ${received}`,
    );
  }
  await setBackend(best.engine);
  return best;
}

/**
 * @returns a text: why it does not run the network.
 * @throws {ClassifierFilesError} if the files are not there, or damaged: no engine is at fault for that.
 */
async function tryEngine(engine: PageEngine, url: string): Promise<TriedEngine | string> {
  const refusal = await startEngine(engine);
  if (refusal !== null) return refusal;
  const { loadClassifier } = await import("@convkit/models");
  const classifier = await loadClassifier(url);
  try {
    // The first compiles kernels.
    await classifyGrey(classifier);
    const start = performance.now();
    await classifyGrey(classifier);
    return { engine, classifier, durationMs: performance.now() - start };
  } catch (error) {
    classifier.dispose();
    return (error as Error).message;
  }
}

/** @returns why it cannot be used; null if it can. */
async function startEngine(engine: PageEngine): Promise<string | null> {
  const tf = await import("@tensorflow/tfjs");
  try {
    if (engine === "wasm") await registerWasm();
    if (!(await tf.setBackend(engine))) return "not in this browser";
    await tf.ready();
    if (engine === "webgl" && !tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED"))
      return "reckons in 16 bits, in which probabilities would be others";
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Its binaries lie beside the page's scripts: nothing is asked of another server. */
async function registerWasm(): Promise<void> {
  const { env } = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const plain = new URL("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm", import.meta.url);
  const simd = new URL("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm", import.meta.url);
  // Threads share memory, which a page may only where it is cut off from all others.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plain.href,
    "tfjs-backend-wasm-simd.wasm": simd.href,
    // Has to be named, and is not fetched.
    "tfjs-backend-wasm-threaded-simd.wasm": simd.href,
  });
}

/** @throws {Error} if the network does not answer with numbers. */
async function classifyGrey({ card, predict }: Classifier): Promise<void> {
  const [height, width, channels] = card.inputShape;
  const data = new Uint8Array(height * width * channels).fill(128);
  let probabilities: Float32Array;
  try {
    probabilities = await predict([{ data, height, width, channels }]);
  } catch (error) {
    // Preprocessing wants larger pictures than this one, which no engine is at fault for.
    if ((error as Error).name === "ClassifierInputError") return;
    throw error;
  }
  if (!probabilities.every(Number.isFinite))
    throw new Error("Expected finite probabilities of a grey picture. Received: others.");
}
