/** The registry of engines: a name without its candidate is a compile error. */
import type { EngineName } from "../engine-order.js";
import type { Candidate } from "./candidate.js";
import { cpu } from "./cpu.js";
import { native } from "./native.js";
import { tensorflow, tensorflowGpu } from "./tensorflow.js";
import { wasm } from "./wasm.js";
import { webgpu } from "./webgpu.js";

export const candidates = {
  "tensorflow-gpu": tensorflowGpu,
  native,
  webgpu,
  tensorflow,
  wasm,
  cpu,
} satisfies Record<EngineName, Candidate>;
