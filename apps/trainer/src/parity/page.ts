/**
 * Runs in a browser: the classifier that a local server hands out, answering what it is asked. Bundled by itself
 * (tsdown.config.ts), with TensorFlow.js in it.
 */
import { decodeInBrowser, loadClassifier, type Classifier } from "@convkit/models";
import * as tf from "@tensorflow/tfjs";
import {
  ANSWER,
  BACKEND_PARAMETER,
  FAILURE_HEADER,
  KIND_HEADER,
  READY,
  SHAPE_HEADER,
  TASK,
} from "./page-protocol.js";

interface Page {
  readonly href: string;
  readonly search: string;
}

interface Versions {
  readonly userAgent: string;
  readonly userAgentData?: {
    getHighEntropyValues(names: string[]): Promise<{ fullVersionList: { brand: string; version: string }[] }>;
  };
}

const { location, navigator } = globalThis as unknown as { location: Page; navigator: Versions };

async function openBackend(name: string): Promise<void> {
  if (name === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const simd = new URL("page/tfjs-backend-wasm-simd.wasm", location.href).href;
    setWasmPaths({
      "tfjs-backend-wasm.wasm": simd,
      "tfjs-backend-wasm-simd.wasm": simd,
      "tfjs-backend-wasm-threaded-simd.wasm": simd,
    });
  }
  const isSet = await tf.setBackend(name);
  if (!isSet)
    throw new Error(`Expected a browser with tfjs's backend ${name}. Received: one where it does not start.`);
  await tf.ready();
}

/** `Chromium 150.0.7871.100` */
async function browserName(): Promise<string> {
  const told = await navigator.userAgentData?.getHighEntropyValues(["fullVersionList"]);
  // Browsers put one in among their names that means nothing: https://wicg.github.io/ua-client-hints/#grease
  const brands = told?.fullVersionList.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
  const named = brands.find(({ brand }) => brand !== "Chromium") ?? brands[0];
  return named ? `${named.brand} ${named.version}` : navigator.userAgent;
}

const post = (name: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(new URL(name, location.href), { method: "POST", body, headers });

async function logitsOf(task: Response, classifier: Classifier): Promise<Float32Array<ArrayBuffer>> {
  const bytes = await task.arrayBuffer();
  if (task.headers.get(KIND_HEADER) === "file") {
    return new Float32Array(
      await classifier.logits([await decodeInBrowser(new Blob([bytes]), classifier.card)]),
    );
  }
  const [height, width, channels] = task.headers.get(SHAPE_HEADER)!.split(",").map(Number) as [
    number,
    number,
    number,
  ];
  return new Float32Array(
    await classifier.logits([{ data: new Uint8Array(bytes), height, width, channels }]),
  );
}

async function serve(): Promise<void> {
  await openBackend(new URLSearchParams(location.search).get(BACKEND_PARAMETER)!);
  const classifier = await loadClassifier(new URL("model", location.href));
  await post(READY, JSON.stringify({ browser: await browserName(), tfjs: tf.version.tfjs }));
  for (;;) {
    const task = await fetch(new URL(TASK, location.href));
    try {
      await post(ANSWER, new Uint8Array((await logitsOf(task, classifier)).buffer));
    } catch (error) {
      await post(ANSWER, error instanceof Error ? error.message : String(error), { [FAILURE_HEADER]: "1" });
    }
  }
}

serve().catch((error: unknown) => post(READY, JSON.stringify({ failure: String(error) })));
