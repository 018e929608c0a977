/**
 * tfjs's WebGPU backend made fit for training: it records commands with kept uniforms, pipelines and bind groups, recycles a
 * buffer as soon as its tensor is disposed of (commands of one queue run in their order), and throws what WebGPU only reports.
 */
import { type backend_util, type DataId, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { BufferPool } from "./buffer-pool.js";
import { KeptBuffers, type RecordedBuffer, storageUsage } from "./kept-buffers.js";
import {
  F16UnavailableError,
  GpuDeviceLostError,
  GpuInternalError,
  GpuOutOfMemoryError,
  GpuValidationError,
  SynchronousReadError,
} from "./gpu-errors.js";
import type { Precision } from "./gemm/gemm-program.js";
import { type MatrixUnits, matrixUnitsOf } from "./gemm/matrix-units.js";
import type { GemmTile, ProductSize } from "./gemm/tile.js";
import type { GpuCall, GpuProgram } from "./program.js";
import {
  type CompiledProgram,
  type ProgramUniform,
  type TfjsProgram,
  TfjsWebGPUBackend,
} from "./tfjs-internals.js";

/** What recording took since the backend was made. */
export interface CommandCounts {
  readonly dispatches: number;
  readonly submits: number;
  /** Calls whose bind group had to be made: in a training step that recurs, there are next to none. */
  readonly newBindGroups: number;
  readonly newPipelines: number;
  readonly newBuffers: number;
}

/** Dispatches after which the GPU is given what was recorded. */
const DISPATCHES_PER_SUBMIT = 32;
/** How long after its consequences a loss may be told. */
const LOSS_DELAY_MS = 1000;
const MOST_BIND_GROUPS = 16_384;

interface CompiledGpuProgram {
  readonly id: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

export class WebgpuBackend extends TfjsWebGPUBackend {
  /** Whether the device computes on the CPU. */
  readonly isSoftware: boolean;
  /** Whoever reads a tensor waits for all that was recorded before; whoever does not, records on while the GPU computes. */
  readonly computesLater = true;
  /** What products of float16 are computed on; null: by threads, as all others are. */
  matrixUnits: MatrixUnits | null = null;
  /** Which tiles suit a product, the best first, with matrix units or without; null: the largest. `useGemmTable` sets it. */
  tileOrder: ((product: ProductSize, hasUnits: boolean) => readonly GemmTile[]) | null = null;
  /** What of the device's matrix units could be, one way after the other; a driver may yet refuse them, or get sums wrong. */
  readonly unprovenUnits: readonly MatrixUnits[];
  #failure: Error | null = null;
  #isDestroyed = false;
  readonly #programs = new Map<string, CompiledGpuProgram>();
  readonly #tfjsPrograms = new WeakMap<GPUComputePipeline, CompiledGpuProgram>();
  readonly #bindGroups = new Map<string, GPUBindGroup>();
  readonly #kept: KeptBuffers;
  #nextId = 0;
  #precision: Precision = "f32";
  #counts = { dispatches: 0, submits: 0, newBindGroups: 0, newPipelines: 0 };

  readonly #onError = (event: GPUUncapturedErrorEvent): void => {
    // Or it is printed, too.
    event.preventDefault();
    this.#fail(errorOf(event.error));
  };

  /** @param device is the backend's from now on: `dispose` destroys it. */
  constructor(device: GPUDevice, adapterInfo: GPUAdapterInfo) {
    super(device, adapterInfo);
    this.isSoftware = adapterInfo.isFallbackAdapter === true || adapterInfo.architecture === "software";
    this.unprovenUnits = matrixUnitsOf(device, adapterInfo);
    this.#kept = new KeptBuffers(device);
    this.bufferManager = new BufferPool(device, () => this.#forgetBuffers());
    device.addEventListener("uncapturederror", this.#onError);
    void device.lost.then(({ message, reason }) => {
      if (reason !== "destroyed" || !this.#isDestroyed) this.#fail(new GpuDeviceLostError(message));
    });
  }

  /** What convolutions and products of matrices round their operands to; they add up in float32 in any case. At first "f32". */
  get precision(): Precision {
    return this.#precision;
  }

  /** @throws {F16UnavailableError} if the device has no float16. */
  set precision(precision: Precision) {
    if (precision === "f16" && !this.device.features.has("shader-f16")) throw new F16UnavailableError();
    this.#precision = precision;
  }

  /** Since the backend was made. */
  get commandCounts(): CommandCounts {
    return {
      ...this.#counts,
      newBuffers: this.#kept.numBuffersCreated + this.bufferManager.numBuffersCreated,
    };
  }

  /** Memory on the GPU of this shape, for a kernel to fill; its content is arbitrary until then. */
  output(shape: readonly number[], dtype: DataType = "float32"): TensorInfo {
    const output = this.makeTensorInfo([...shape], dtype);
    if (shape.includes(0)) this.tensorMap.get(output.dataId).values = new Float32Array(0);
    return output;
  }

  /**
   * Memory for what a kernel has to keep between its programs. Give it back by `releaseScratch` as soon as the last of them is
   * recorded.
   */
  scratch(sizeBytes: number): GPUBuffer {
    return this.bufferManager.acquireBuffer(sizeBytes, storageUsage());
  }

  releaseScratch(buffer: GPUBuffer): void {
    this.bufferManager.releaseBuffer(buffer);
  }

  /**
   * Records one call of a program.
   *
   * @throws {GpuDeviceLostError | GpuOutOfMemoryError | GpuValidationError} if the GPU failed before.
   */
  dispatch(program: GpuProgram, { buffers, uniforms, workgroups }: GpuCall): void {
    const bound: GPUBufferBinding[] = buffers.map((each) => ({
      buffer: each instanceof GPUBuffer ? each : this.bufferOf(each),
    }));
    if (uniforms) bound.push({ buffer: this.#kept.uniforms(program, uniforms, this.#counts.submits) });
    this.#record(this.#compile(program), bound, workgroups);
  }

  /** The buffer of a tensor, which is uploaded first if it is not on the GPU yet. */
  bufferOf({ dataId }: TensorInfo): GPUBuffer {
    this.uploadToGPU(dataId);
    return this.tensorMap.get(dataId).resource!;
  }

  /**
   * The buffer of a tensor, for a kernel that writes over what the tensor holds. No other tensor may share its data: such a
   * kernel's callers see to it.
   */
  ownBufferOf(tensor: TensorInfo): GPUBuffer {
    const shared = this.bufferOf(tensor);
    const data = this.tensorMap.get(tensor.dataId);
    // What was read is kept in the process's memory, too.
    data.values = null;
    if (data.external !== true) return shared;
    const buffer = this.bufferManager.acquireBuffer(shared.size, storageUsage());
    this.endComputePassEncoder();
    this.ensureCommandEncoderReady();
    this.commandEncoder!.copyBufferToBuffer(shared, 0, buffer, 0, shared.size);
    data.resource = buffer;
    data.external = false;
    return buffer;
  }

  /** Gives the GPU what was recorded. */
  override submitQueue(): void {
    this.endComputePassEncoder();
    if (this.commandEncoder === null) return;
    this.#counts.submits++;
    super.submitQueue();
  }

  /** Into a buffer at hand, behind what was recorded with it. */
  override uploadToGPU(dataId: DataId): void {
    this.#throwFailure();
    const data = this.tensorMap.get(dataId);
    if (data.resource != null) return;
    const { values, dtype, shape } = data;
    const sizeBytes = util.sizeFromShape(shape) * 4;
    if (values && sizeBytes === 4) {
      data.resource = this.#kept.constant(elementsOf(values as ArrayLike<number>, dtype));
      data.external = true;
      data.values = null;
      return;
    }
    const buffer: RecordedBuffer = this.bufferManager.acquireBuffer(sizeBytes, storageUsage());
    data.resource = buffer;
    if (!values) return;
    if (buffer.convkitSubmit === this.#counts.submits) this.submitQueue();
    this.queue.writeBuffer(buffer, 0, elementsOf(values as ArrayLike<number>, dtype));
    data.values = null;
  }

  /** @throws {SynchronousReadError} unless the values are still where the caller put them. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const { values, dtype } = this.tensorMap.get(dataId);
    if (values == null && dtype !== "complex64") throw new SynchronousReadError();
    return super.readSync(dataId);
  }

  /** @throws {GpuDeviceLostError | GpuOutOfMemoryError | GpuValidationError} if the GPU failed up to here. */
  override async getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
    this.#throwFailure();
    let data: ArrayBuffer;
    try {
      data = await super.getBufferData(buffer);
    } catch (error) {
      // A lost device may be told after what was asked of it has failed.
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, LOSS_DELAY_MS))]);
      this.#throwFailure();
      throw error;
    }
    this.#throwFailure();
    return data;
  }

  /** Keeps the buffer, since the same shapes come again in the next step. */
  override makeUniforms(uniforms: ProgramUniform[]): GPUBufferBinding {
    const key = uniforms.map(({ type, data }) => `${type}:${data.join(",")}`).join(";");
    return this.#kept.binding(key, () => {
      const binding = super.makeUniforms(uniforms);
      // Not to be recycled.
      this.bufferManager.disown(this.uniformPendingDisposal.pop()!);
      return binding;
    });
  }

  /** Keeps no copy: a kernel may write over what the tensor holds before the copy is there. */
  override convertAndCacheOnCPU(
    _dataId: DataId,
    data: backend_util.BackendValues,
  ): backend_util.BackendValues {
    return data;
  }

  /** A cumulated sum or product has its length in the source, which tfjs leaves out of the key: the next length would run the first's. */
  override runWebGPUProgram(program: TfjsProgram, ...more: unknown[]): TensorInfo {
    if (program.shaderKey.startsWith("cum_")) program.shaderKey += `_${program.outputShape.at(-1)}`;
    return super.runWebGPUProgram(program, ...more);
  }

  override recordAndSubmit(
    program: CompiledProgram,
    output: TensorInfo,
    inputs: TensorInfo[],
    uniforms?: ProgramUniform[] | null,
  ): void {
    if (this.activeTimers != null || program.pixelsOpType != null) {
      super.recordAndSubmit(program, output, inputs, uniforms ?? undefined);
      return;
    }
    const bound = [output, ...inputs].map((tensor) => ({ buffer: this.bufferOf(tensor) }));
    const all = this.makeUniforms([...shapeUniforms(program, [...inputs, output]), ...(uniforms ?? [])]);
    this.#record(this.#compiledByTfjs(program.pipeline), [...bound, all], program.dispatch);
  }

  override dispose(): void {
    this.#isDestroyed = true;
    super.dispose();
    this.device.removeEventListener("uncapturederror", this.#onError);
    this.device.destroy();
  }

  #record(
    { id, pipeline, layout }: CompiledGpuProgram,
    bound: readonly GPUBufferBinding[],
    [x, y, z]: readonly [number, number, number],
  ): void {
    this.#throwFailure();
    let key = String(id);
    for (const { buffer } of bound as { buffer: RecordedBuffer }[]) {
      buffer.convkitSubmit = this.#counts.submits;
      key += `,${(buffer.convkitId ??= this.#nextId++)}`;
    }
    let group = this.#bindGroups.get(key);
    if (group === undefined) {
      this.#counts.newBindGroups++;
      if (this.#bindGroups.size >= MOST_BIND_GROUPS) this.#bindGroups.clear();
      const entries = bound.map((resource, binding) => ({ binding, resource }));
      group = this.device.createBindGroup({ layout, entries });
      this.#bindGroups.set(key, group);
    }
    this.ensureCommandEncoderReady();
    this.computePassEncoder ??= this.commandEncoder!.beginComputePass();
    this.computePassEncoder.setPipeline(pipeline);
    this.computePassEncoder.setBindGroup(0, group);
    this.computePassEncoder.dispatchWorkgroups(x, y, z);
    this.#counts.dispatches++;
    if (++this.dispatchCountInPass >= DISPATCHES_PER_SUBMIT) this.submitQueue();
  }

  #compile({ key, wgsl }: GpuProgram): CompiledGpuProgram {
    let compiled = this.#programs.get(key);
    if (compiled === undefined) {
      const module = this.device.createShaderModule({ code: wgsl(), label: key });
      const compute = { module, entryPoint: "main" };
      const pipeline = this.device.createComputePipeline({ label: key, layout: "auto", compute });
      compiled = this.#withId(pipeline);
      this.#programs.set(key, compiled);
    }
    return compiled;
  }

  #compiledByTfjs(pipeline: GPUComputePipeline): CompiledGpuProgram {
    let compiled = this.#tfjsPrograms.get(pipeline);
    if (compiled === undefined) {
      compiled = this.#withId(pipeline);
      this.#tfjsPrograms.set(pipeline, compiled);
    }
    return compiled;
  }

  #withId(pipeline: GPUComputePipeline): CompiledGpuProgram {
    this.#counts.newPipelines++;
    return { id: this.#nextId++, pipeline, layout: pipeline.getBindGroupLayout(0) };
  }

  /** Before buffers are destroyed. */
  #forgetBuffers(): void {
    this.submitQueue();
    this.#bindGroups.clear();
  }

  /** The first failure is told: others follow from it, and all from a loss. None is got over: what was computed since is wrong. */
  #fail(error: Error): void {
    if (error instanceof GpuDeviceLostError) this.#failure = error;
    this.#failure ??= error;
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

function elementsOf(
  values: ArrayLike<number>,
  dtype: DataType,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (dtype === "int32" || dtype === "bool") {
    return values instanceof Int32Array ? (values as Int32Array<ArrayBuffer>) : Int32Array.from(values);
  }
  return values instanceof Float32Array ? (values as Float32Array<ArrayBuffer>) : Float32Array.from(values);
}

/** What tfjs puts in front of a program's own uniforms. */
function shapeUniforms(program: CompiledProgram, tensors: readonly TensorInfo[]): ProgramUniform[] {
  const uniforms: ProgramUniform[] = [
    { type: "float32", data: [NaN] },
    { type: "float32", data: [Infinity] },
  ];
  for (const { shape } of tensors) {
    uniforms.push({ type: "int32", data: shape }, { type: "int32", data: util.computeStrides(shape) });
  }
  if (program.size) {
    const size = util.sizeFromShape(program.outputShape) / (program.outputComponent || 1);
    uniforms.push({ type: "int32", data: [size] });
  }
  return uniforms;
}

function errorOf(error: GPUError): Error {
  if (error instanceof GPUOutOfMemoryError) return new GpuOutOfMemoryError(error.message);
  if (error instanceof GPUInternalError) return new GpuInternalError(error.message);
  return new GpuValidationError(error.message);
}
