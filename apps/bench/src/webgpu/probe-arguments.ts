/** The command line of the WebGPU probe. */
import { parseArgs } from "node:util";

export interface ProbeArguments {
  /** `cpu` prints the losses that the `webgpu` backend is held to, and nothing else. */
  readonly backend: "webgpu" | "cpu";
  /** Written anew after every part, so that a crash keeps what was measured. */
  readonly jsonPath: string | null;
  /** Of one measurement. */
  readonly seconds: number;
  /** After which a part is given up. */
  readonly partSeconds: number;
  /** After which no part is begun. */
  readonly totalSeconds: number;
  /** Rows and columns of the multiplied matrices. */
  readonly matrixSizes: readonly number[];
  readonly convolutionBatchSize: number;
  /** Of the reference net; the other networks take the largest. */
  readonly batchSizes: readonly number[];
  /** Of Dawn, turned on. Unknown ones it ignores. */
  readonly toggles: readonly string[];
}

/**
 * @param args without the program's own name.
 * @throws {TypeError} of an option that is not there.
 * @throws {RangeError} of a value that makes no sense.
 */
export function parseProbeArguments(args: readonly string[]): ProbeArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: "string", default: "webgpu" },
      json: { type: "string" },
      seconds: { type: "string", default: "1" },
      "part-seconds": { type: "string", default: "20" },
      "total-seconds": { type: "string", default: "120" },
      matrices: { type: "string", default: "1024,2048,4096" },
      "convolution-batch": { type: "string", default: "512" },
      batches: { type: "string", default: "128,512" },
      toggles: { type: "string", default: "allow_unsafe_apis,vulkan_enable_f16_on_nvidia" },
    },
  });
  return {
    backend: backendOf(values.backend),
    jsonPath: values.json ?? null,
    seconds: positive(values.seconds),
    partSeconds: positive(values["part-seconds"]),
    totalSeconds: positive(values["total-seconds"]),
    matrixSizes: values.matrices.split(",").map(positive),
    convolutionBatchSize: positive(values["convolution-batch"]),
    batchSizes: values.batches.split(",").map(positive),
    toggles: values.toggles.split(",").filter((toggle) => toggle !== ""),
  };
}

function backendOf(name: string): ProbeArguments["backend"] {
  if (name === "webgpu" || name === "cpu") return name;
  throw new RangeError(`Expected --backend webgpu or cpu. Received: ${name}. Leave it out for webgpu.`);
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new RangeError(`Expected a number above 0. Received: ${JSON.stringify(text)}. Give one.`);
}
