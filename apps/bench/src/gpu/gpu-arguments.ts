/** The command line of the GPU benchmark's process. */
import { parseArgs } from "node:util";
import type { Precision } from "@convkit/engine";

export interface GpuArguments {
  /**
   * convkit: the engine `webgpu`. stock: tfjs's own backend, without convkit's kernels. cpu prints the losses that both are held
   * to, and nothing else.
   */
  readonly backend: "convkit" | "stock" | "cpu";
  /** Folder of what the processes left: a table of it is printed, and nothing measured; null: measured. */
  readonly table: string | null;
  /** Written anew after every part, so that a crash keeps what was measured. */
  readonly jsonPath: string | null;
  /** What kernels compute in, one after another; those that the GPU does not have are left out, with a word. */
  readonly precisions: readonly Precision[];
  /** Of one measurement. */
  readonly seconds: number;
  /** After which a part is given up. */
  readonly partSeconds: number;
  /** After which no part is begun. */
  readonly totalSeconds: number;
  /** Rows and columns of the multiplied matrices. */
  readonly matrixSizes: readonly number[];
  readonly convolutionBatchSize: number;
  readonly batchSizes: readonly number[];
  /** Folder of CIFAR-10's binary files, to train on until 94 %; null: not measured. */
  readonly data: string | null;
}

/**
 * @param args without the program's own name.
 * @throws {TypeError} of an option that is not there.
 * @throws {RangeError} of a value that makes no sense.
 */
export function parseGpuArguments(args: readonly string[]): GpuArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: "string", default: "convkit" },
      json: { type: "string" },
      table: { type: "string" },
      precisions: { type: "string", default: "f32,f16" },
      seconds: { type: "string", default: "0.5" },
      "part-seconds": { type: "string", default: "30" },
      "total-seconds": { type: "string", default: "200" },
      matrices: { type: "string", default: "1024,2048,4096" },
      "convolution-batch": { type: "string", default: "512" },
      batches: { type: "string", default: "512,1024" },
      data: { type: "string" },
    },
  });
  return {
    backend: oneOf("backend", values.backend, ["convkit", "stock", "cpu"]),
    jsonPath: values.json ?? null,
    table: values.table ?? null,
    precisions: list(values.precisions).map((name) => oneOf("precisions", name, ["f32", "f16"])),
    seconds: positive(values.seconds),
    partSeconds: positive(values["part-seconds"]),
    totalSeconds: positive(values["total-seconds"]),
    matrixSizes: list(values.matrices).map(positive),
    convolutionBatchSize: positive(values["convolution-batch"]),
    batchSizes: list(values.batches).map(positive),
    data: values.data ?? null,
  };
}

function list(text: string): string[] {
  return text.split(",").filter((word) => word !== "");
}

function oneOf<const T extends string>(option: string, text: string, names: readonly T[]): T {
  const name = names.find((each) => each === text);
  if (name !== undefined) return name;
  throw new RangeError(`Expected --${option} to be of ${names.join(", ")}. Received: ${text}.`);
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new RangeError(`Expected a number above 0. Received: ${JSON.stringify(text)}. Give one.`);
}
