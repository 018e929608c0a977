/** A WGSL program of this package, and how one call of it is described. */
import type { TensorInfo } from "@tensorflow/tfjs-core";

export interface GpuProgram {
  /** Names the source: programs of equal keys have equal sources, and are compiled once. */
  readonly key: string;
  /**
   * WGSL with the entry point `main`. Its bindings, all of group 0 and all of them used, are the call's buffers in their
   * order and, if the call has any, its uniforms behind them.
   */
  readonly wgsl: () => string;
}

/**
 * The fields of a WGSL struct of scalars: integers (`u32` or `i32`) first, then floats (`f32`).
 */
export interface Uniforms {
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
  /**
   * Whether they change from step to step, as a learning rate does. They are then written into one buffer for each program
   * anew; others are kept in buffers that stay as they are, so that what is bound can be kept, too.
   */
  readonly isVolatile?: boolean;
}

export interface GpuCall {
  /** Tensors, or buffers of `WebgpuBackend.scratch`. None of those that are written may stand there twice. */
  readonly buffers: readonly (TensorInfo | GPUBuffer)[];
  readonly uniforms?: Uniforms;
  /** At most 65,535 in each dimension: see `spreadWorkgroups`. */
  readonly workgroups: readonly [x: number, y: number, z: number];
}

const MOST_WORKGROUPS = 65_535;

/**
 * So many workgroups or a few more, over x and y. In WGSL the workgroup's index is
 * `workgroup_id.x + workgroup_id.y * num_workgroups.x`, and those beyond the count have nothing to do.
 */
export function spreadWorkgroups(count: number): [x: number, y: number, z: number] {
  if (count <= MOST_WORKGROUPS) return [Math.max(count, 1), 1, 1];
  const y = Math.ceil(count / MOST_WORKGROUPS);
  return [Math.ceil(count / y), y, 1];
}

/** The words of a uniform buffer. */
export function wordsOf({ ints = [], floats = [] }: Uniforms): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(ints.length + floats.length);
  words.set(ints);
  new Float32Array(words.buffer, ints.length * 4).set(floats);
  return words;
}
