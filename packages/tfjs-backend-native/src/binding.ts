/**
 * Finds and loads the compiled addon: a prebuilt binary out of the published package, or the one that node-gyp
 * built here. One copy per process, shared by its worker threads (each has its own module instance, the
 * instruction set and the thread pool are the process's).
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { readEnvironment } from "./env.js";
import {
  InvalidThreadCountError,
  NativeBinaryLoadError,
  NativeBinaryMissingError,
  Bf16UnavailableError,
  UnknownIsaError,
} from "./errors.js";
import type { NativeAddon } from "./native-addon.js";

const MOST_THREADS = 256;

/**
 * What the operands of convolutions are rounded to before they are multiplied: f32 is as they are, bf16 keeps 8 bits of
 * each. Tensors and sums are float32 in both.
 */
export type Precision = "f32" | "bf16";

let loaded: NativeAddon | undefined;

/**
 * The addon, loaded at the first call.
 *
 * @throws {NativeBinaryMissingError} if there is no binary for this platform.
 * @throws {NativeBinaryLoadError} if the binary does not load.
 * @throws {UnknownIsaError | InvalidThreadCountError} if CONVKIT_ISA or CONVKIT_THREADS is not usable.
 */
export function loadAddon(): NativeAddon {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  const nodeGypBuild = require("node-gyp-build") as { resolve(directory: string): string };
  const packageRoot = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

  let path: string;
  try {
    path = nodeGypBuild.resolve(packageRoot);
  } catch (cause) {
    throw new NativeBinaryMissingError(packageRoot, cause);
  }
  let addon: NativeAddon;
  try {
    addon = require(path) as NativeAddon;
  } catch (cause) {
    throw new NativeBinaryLoadError(path, cause);
  }

  applyEnvironment(addon);
  loaded = addon;
  return addon;
}

/** The instruction set in use: "avx512", "avx2", "neon" or "portable". */
export function isaName(): string {
  return loadAddon().isaName();
}

/** The instruction sets this CPU can run, best first. */
export function availableIsas(): string[] {
  return loadAddon().availableIsas();
}

/**
 * Switches every thread of the process to another instruction set, and to the precision f32; for tests and measurements.
 *
 * @throws {UnknownIsaError} if it is not one of `availableIsas()`.
 */
export function selectIsa(name: string): void {
  const addon = loadAddon();
  if (!addon.selectIsa(name)) throw new UnknownIsaError(name, addon.availableIsas());
}

/** What can compute convolutions in bfloat16 here, best first: of "amx" and "avx512-bf16", or nothing. */
export function bf16Units(): string[] {
  return loadAddon().bf16Units();
}

/** The one of `bf16Units()` in use, or null while convolutions are computed in float32. */
export function bf16Unit(): string | null {
  return loadAddon().bf16Unit();
}

/**
 * Sets what the convolutions of the whole process, and their gradients, compute in from the next kernel on. bf16 is several
 * times as fast; it takes those of stride 1 without dilation between 16 or more channels, the others stay in f32. As
 * PyTorch's `set_float32_matmul_precision("medium")` does it, tensors stay float32.
 *
 * @param unit for tests and measurements: one of `bf16Units()` instead of the best.
 * @throws {Bf16UnavailableError} for bf16 where there is no such unit.
 */
export function setPrecision(precision: Precision, unit?: string): void {
  const addon = loadAddon();
  const name = precision === "f32" ? null : (unit ?? addon.bf16Units()[0]);
  if (name === undefined || !addon.selectBf16Unit(name)) throw new Bf16UnavailableError(addon.isaName());
}

/** How many threads the kernels share out their work to. */
export function getThreadCount(): number {
  return loadAddon().getThreadCount();
}

/**
 * Sets the number of threads for the whole process, from the next kernel on. Sums are split differently, so
 * results may change in their last bits.
 *
 * @param count 1 to 256.
 * @throws {InvalidThreadCountError} if it is not.
 */
export function setThreadCount(count: number): void {
  if (!isThreadCount(count)) throw new InvalidThreadCountError(count);
  loadAddon().setThreadCount(count);
}

/** GFLOP/s of independent fused multiply-adds on all threads: the peak that kernels are measured against. */
export function measureFmaPeak(durationMs: number): number {
  return loadAddon().fmaPeak(durationMs);
}

/** Both settings are the process's: a worker thread that loads the addon later leaves them as they are by then. */
function applyEnvironment(addon: NativeAddon): void {
  const { isa, threads } = readEnvironment();
  if (isa && !addon.availableIsas().includes(isa)) throw new UnknownIsaError(isa, addon.availableIsas());
  if (threads && !isThreadCount(Number(threads))) throw new InvalidThreadCountError(threads);
  if (!addon.isFirstLoad()) return;
  if (isa) addon.selectIsa(isa);
  if (threads) addon.setThreadCount(Number(threads));
}

function isThreadCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= MOST_THREADS;
}
