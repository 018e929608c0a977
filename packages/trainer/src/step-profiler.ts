/**
 * Where the time of a training step goes: waiting for data, forward, backward, update, and which kernels cost most. For
 * backends that compute before a kernel returns (native, tensorflow, cpu); of others it sees how long recording takes.
 */
import { ProfilePhase, type StepProfile } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";

export interface StepProfileOptions {
  /** Batches to measure. */
  readonly batches: number;
  /** Batches before them, in which memory and threads settle. Default 5. */
  readonly skip?: number;
}

const USUAL_SKIP = 5;

/**
 * The same for training that has only so many batches: where they are fewer than those to skip and one to measure, half of
 * them are measured.
 */
export function profileWithin(
  { batches, skip = USUAL_SKIP }: StepProfileOptions,
  batchesLeft: number,
): Required<StepProfileOptions> {
  return { batches, skip: batchesLeft > skip ? skip : Math.floor(batchesLeft / 2) };
}

interface KernelTotal {
  calls: number;
  durationMs: number;
}

/** Measures once; kernels are watched while it does and at no other time. */
export class StepProfiler {
  readonly #batches: number;
  readonly #skip: number;
  readonly #onDone: (profile: StepProfile) => void;
  readonly #phases: Record<ProfilePhase, number> = { data: 0, forward: 0, backward: 0, update: 0, rest: 0 };
  readonly #kernels = new Map<string, Map<string, KernelTotal>>();
  #seen = 0;
  #measured = 0;
  #pictures = 0;
  #sinceMs = 0;
  #unwatch: (() => void) | null = null;
  /** Not between batches, where pictures may be validated. */
  #isWithinBatch = false;

  constructor({ batches, skip = USUAL_SKIP }: StepProfileOptions, onDone: (profile: StepProfile) => void) {
    this.#batches = batches;
    this.#skip = skip;
    this.#onDone = onDone;
  }

  /** Batches so far, measured or not. */
  get seen(): number {
    return this.#seen;
  }

  /** @param waitedMs how long the loop has waited for this batch. */
  batchStarted(waitedMs: number): void {
    this.#seen += 1;
    if (this.#seen <= this.#skip || this.#measured === this.#batches) return;
    this.#unwatch ??= watchKernels(this.#kernels, () => this.#isWithinBatch);
    this.#isWithinBatch = true;
    this.#phases.data += waitedMs;
    this.#sinceMs = performance.now();
  }

  /** What was done since the mark before belongs to this phase. */
  mark(phase: Exclude<ProfilePhase, "data">): void {
    if (!this.#unwatch) return;
    const nowMs = performance.now();
    this.#phases[phase] += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
  }

  batchEnded(pictures: number): void {
    if (!this.#unwatch) return;
    this.mark("rest");
    this.#isWithinBatch = false;
    this.#measured += 1;
    this.#pictures = Math.max(this.#pictures, pictures);
    if (this.#measured === this.#batches) this.finish();
  }

  /** Tells what was measured, if anything was; at the latest when training ends. */
  finish(): void {
    if (!this.#unwatch) return;
    this.close();
    if (this.#measured > 0) this.#onDone(this.#profile());
    this.#measured = this.#batches;
  }

  /** Puts the kernels back and tells nothing, as when training fails. */
  close(): void {
    this.#unwatch?.();
    this.#unwatch = null;
  }

  #profile(): StepProfile {
    const perBatch = (value: number): number => value / this.#measured;
    const phases = Object.fromEntries(
      ProfilePhase.options.map((phase) => [phase, perBatch(this.#phases[phase])]),
    ) as Record<ProfilePhase, number>;
    const kernels = [...this.#kernels].flatMap(([name, byShapes]) =>
      [...byShapes].map(([shapes, { calls, durationMs }]) => ({
        name,
        shapes,
        calls: perBatch(calls),
        durationMs: perBatch(durationMs),
      })),
    );
    return {
      formatVersion: 1,
      backend: tf.getBackend(),
      batches: this.#measured,
      batchSize: this.#pictures,
      durationMs: ProfilePhase.options.reduce((sum, phase) => sum + phases[phase], 0),
      phases,
      kernels: kernels.sort((a, b) => b.durationMs - a.durationMs),
    };
  }
}

/**
 * Has every kernel of the backend in use timed while it is watched.
 * @returns puts the kernels back.
 */
function watchKernels(totals: Map<string, Map<string, KernelTotal>>, isWatched: () => boolean): () => void {
  const backend = tf.getBackend();
  const kernels = tf.getKernelsForBackend(backend);
  // A kernel's own time is without that of the kernels it calls.
  let calledMs = 0;
  for (const kernel of kernels) {
    const byShapes = new Map<string, KernelTotal>();
    replaceKernel({
      ...kernel,
      kernelFunc: (call) => {
        if (!isWatched()) return kernel.kernelFunc(call);
        const outerMs = calledMs;
        calledMs = 0;
        const sinceMs = performance.now();
        try {
          return kernel.kernelFunc(call);
        } finally {
          const wholeMs = performance.now() - sinceMs;
          const shapes = shapesOf(call.inputs);
          const total = byShapes.get(shapes) ?? { calls: 0, durationMs: 0 };
          byShapes.set(shapes, { calls: total.calls + 1, durationMs: total.durationMs + wholeMs - calledMs });
          totals.set(kernel.kernelName, byShapes);
          calledMs = outerMs + wholeMs;
        }
      },
    });
  }
  return () => kernels.forEach(replaceKernel);
}

function replaceKernel(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

function shapesOf(inputs: tf.NamedTensorInfoMap): string {
  const given = Object.values(inputs)
    .flat()
    .filter((input) => input != null);
  return given.map(({ shape }) => (shape.length === 0 ? "1" : shape.join("×"))).join(", ");
}

const MOST_KERNELS = 10;
/** By their names in tfjs: a profile that is read again has no more of them. */
const COMPUTE_LATER = ["webgpu", "webgl"];

/** Lines for people: phases with their shares, then the ten costliest kernels. */
export function describeProfile(profile: StepProfile): string[] {
  const { batches, batchSize, durationMs, phases, kernels, backend } = profile;
  const share = (ms: number): string =>
    `${ms.toFixed(1).padStart(9)} ms ${((100 * ms) / durationMs).toFixed(1).padStart(5)} %`;
  const rate = Math.round((1000 * batchSize) / durationMs).toLocaleString("en-US");
  return [
    `profile of ${batches} batches of ${batchSize} on ${backend}: ${durationMs.toFixed(1)} ms each, ${rate} pictures a second`,
    ...ProfilePhase.options.map((phase) => `  ${phase.padEnd(8)} ${share(phases[phase])}`),
    ...(COMPUTE_LATER.includes(backend)
      ? [
          "  forward, backward and kernels are the time that recording them takes; update holds the wait for the GPU",
        ]
      : []),
    `the ${Math.min(MOST_KERNELS, kernels.length)} costliest of ${kernels.length} kinds of kernel calls`,
    ...kernels
      .slice(0, MOST_KERNELS)
      .map(
        ({ name, shapes, calls, durationMs: ms }) =>
          `  ${share(ms)}  ${Number(calls.toFixed(1))} × ${name} (${shapes})`,
      ),
  ];
}
