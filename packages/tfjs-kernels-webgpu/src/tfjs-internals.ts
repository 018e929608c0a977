/** What of tfjs's WebGPU backend, 4.22, this package builds on although its declarations call it private. */
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { backend_util, DataId, DataType, KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { BufferPool } from "./buffer-pool.js";

export interface TensorData {
  values: backend_util.BackendValues | null | undefined;
  /** As it is stored: of a tensor that was cast it may be another one. */
  readonly dtype: DataType;
  readonly shape: number[];
  refCount: number;
  resource?: GPUBuffer | null;
  /** Whether the buffer outlives the tensor. */
  external?: boolean;
}

/** A `WebGPUProgram`, compiled. */
export interface CompiledProgram {
  readonly pipeline: GPUComputePipeline;
  readonly dispatch: readonly [number, number, number];
  readonly outputShape: number[];
  readonly outputComponent?: number;
  readonly pixelsOpType?: number | null;
  readonly size?: boolean;
}

/** A `WebGPUProgram`. */
export interface TfjsProgram {
  /** Names the source, with the ranks of its tensors. */
  shaderKey: string;
  readonly outputShape: readonly number[];
}

export interface ProgramUniform {
  readonly type: string;
  data: number[];
}

export interface TfjsBackend extends KernelBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: { get(dataId: DataId): TensorData; has(dataId: DataId): boolean };
  bufferManager: BufferPool;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  activeTimers: unknown[] | null | undefined;
  uniformPendingDisposal: GPUBuffer[];
  uploadToGPU(dataId: DataId): void;
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  convertAndCacheOnCPU(dataId: DataId, data: backend_util.BackendValues): backend_util.BackendValues;
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
  makeUniforms(uniforms: ProgramUniform[]): GPUBufferBinding;
  runWebGPUProgram(program: TfjsProgram, ...more: unknown[]): TensorInfo;
  recordAndSubmit(
    program: CompiledProgram,
    output: TensorInfo,
    inputs: TensorInfo[],
    uniforms?: ProgramUniform[] | null,
  ): void;
}

/** tfjs's class, its private parts declared as what they are. */
export const TfjsWebGPUBackend = WebGPUBackend as unknown as new (
  device: GPUDevice,
  adapterInfo: GPUAdapterInfo,
) => TfjsBackend;
