/**
 * The backend `native`: tfjs's `cpu` backend with its own storage, so that every kernel copied from `cpu` runs on
 * it as it is, and kernels of this package write to recycled memory. Whatever a caller may keep is a copy
 * (`data`, `dataSync`) or is never recycled (what the caller uploaded, what a copied kernel has seen).
 */
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import {
  type backend_util,
  buffer,
  type DataId,
  type DataType,
  engine,
  type Rank,
  type TensorBuffer,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { BufferPool, type PooledArrays, type PooledDtype } from "./buffer-pool.js";
import { elementsOf } from "./element-values.js";
import type { NativeAddon } from "./native-addon.js";
import { type TensorEntry, TensorStorage } from "./tensor-storage.js";

/** A kernel's output: what it returns, and the array it fills. The content is arbitrary until it does. */
export type NativeOutput<D extends PooledDtype> = { info: TensorInfo; values: PooledArrays[D] };

export class NativeBackend extends MathBackendCPU {
  declare data: TensorStorage;
  readonly addon: NativeAddon;
  readonly #pool: BufferPool;
  /** Of the kernel that is running. */
  #outputs: DataId[] | undefined;

  constructor(addon: NativeAddon) {
    super();
    this.addon = addon;
    this.#pool = new BufferPool((array) => addon.addressOf(array));
    this.data = new TensorStorage(this.#pool, this, engine());
  }

  /** Memory of `shape` and `dtype` for a native kernel to fill, recycled once the tensor is disposed of. */
  output<D extends PooledDtype>(shape: number[], dtype: D): NativeOutput<D> {
    const size = util.sizeFromShape(shape);
    const dataId = {};
    const entry: TensorEntry = { dtype, refCount: 1 };
    if (size === 0) {
      entry.values = util.getTypedArrayFromDType(dtype, 0);
    } else {
      entry.block = this.#pool.acquire(dtype, size);
      entry.values = entry.block.view;
    }
    this.data.set(dataId, entry);
    this.#outputs?.push(dataId);
    return { info: { dataId, shape, dtype }, values: entry.values as PooledArrays[D] };
  }

  /** Runs a kernel. If it throws, the outputs it had asked for are given up, since nobody else knows of them. */
  keepOutputs<T>(kernel: () => T): T {
    const outer = this.#outputs;
    const own: DataId[] = (this.#outputs = []);
    try {
      return kernel();
    } catch (error) {
      for (const dataId of own) this.disposeData(dataId, true);
      throw error;
    } finally {
      this.#outputs = outer;
    }
  }

  /** The elements of a float32 tensor, for a native kernel to read during its call; see `elementsOf`. */
  float32(info: TensorInfo): Float32Array {
    return elementsOf(this, info, "float32");
  }

  /** Takes the caller's array as it is, without copying; it is never recycled. */
  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.data.set(dataId, { values, dtype, refCount: 1 });
    return dataId;
  }

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.peek(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.data.peek(dataId).refCount++;
  }

  override decRef(dataId: DataId): void {
    if (this.data.has(dataId)) this.data.peek(dataId).refCount--;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.peek(dataId);
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    if (entry.complexTensorInfos !== undefined) {
      this.disposeData(entry.complexTensorInfos.real.dataId, true);
      this.disposeData(entry.complexTensorInfos.imag.dataId, true);
    }
    this.data.delete(dataId);
    return true;
  }

  /** A copy, which the caller may keep and change. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const { values, dtype } = this.data.peek(dataId);
    if (dtype === "complex64") return super.readSync(dataId);
    const read = util.convertBackendValuesAndArrayBuffer(values as backend_util.BackendValues, dtype);
    return read === values ? read.slice() : read;
  }

  /** The tensor's own array for the copied kernels that ask for it; they only read it, and may hand it on. */
  override bufferSync<R extends Rank, D extends DataType>(t: TensorInfo): TensorBuffer<R, D> {
    if (t.dtype === "string" || t.dtype === "complex64") return super.bufferSync(t);
    const { values } = this.data.get(t.dataId);
    const read = util.convertBackendValuesAndArrayBuffer(values as backend_util.BackendValues, t.dtype);
    return buffer(t.shape as never, t.dtype, read as never) as TensorBuffer<R, D>;
  }

  /** tfjs adds the numbers of tensors and bytes; `numBytesInPool` is memory kept for reuse on top of them. */
  override memory(): { unreliable: boolean; reasons: string[]; numBytesInPool: number } {
    return { unreliable: false, reasons: [], numBytesInPool: this.#pool.freeBytes };
  }

  override dispose(): void {
    this.#pool.clear();
  }
}
