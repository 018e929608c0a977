/**
 * How busy the GPU is, from NVIDIA's own tool, asked in the background: a step never waits for it.
 * The tool numbers GPUs by their place on the bus; where CUDA numbers them otherwise (by speed, on machines with
 * different ones), CUDA_DEVICE_ORDER=PCI_BUS_ID makes the two agree.
 */
import { execFile } from "node:child_process";
import { firstVisibleGpu } from "./env.js";

export interface GpuUsage {
  /** Share of the last moments in which a kernel ran. */
  readonly percent?: number;
  /** In use on the device, by whichever process. */
  readonly memoryBytes?: number;
}

const TOOL = "nvidia-smi";
const QUERY = ["--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits"];
const TIMEOUT_MS = 2000;
const MIB = 2 ** 20;

export class GpuWatch {
  #latest: GpuUsage = {};
  #isAsking = false;
  #isThere = true;

  /** Asks, unless an answer is still awaited or there is nobody to ask. Resolves once there is an answer, or none. */
  ask(): Promise<void> {
    const gpu = firstVisibleGpu();
    if (this.#isAsking || !this.#isThere || gpu === undefined) return Promise.resolve();
    this.#isAsking = true;
    return new Promise((resolve) => {
      execFile(TOOL, [`--id=${gpu}`, ...QUERY], { timeout: TIMEOUT_MS }, (error, stdout) => {
        this.#isAsking = false;
        this.#isThere = error?.code !== "ENOENT";
        this.#latest = error ? {} : parseGpuUsage(stdout);
        resolve();
      });
    });
  }

  /** @returns what was answered since the last time; nothing twice. */
  take(): GpuUsage {
    const latest = this.#latest;
    this.#latest = {};
    return latest;
  }
}

/** `37, 1024`: percent and MiB; what the driver does not tell is `[N/A]`. */
export function parseGpuUsage(text: string): GpuUsage {
  const [percent, memory] = text
    .split("\n", 1)[0]!
    .split(",")
    .map((field) => field.trim());
  return {
    ...(isNumber(percent) && { percent: Number(percent) }),
    ...(isNumber(memory) && { memoryBytes: Number(memory) * MIB }),
  };
}

function isNumber(field: string | undefined): boolean {
  return field !== undefined && /^\d+(\.\d+)?$/.test(field);
}
