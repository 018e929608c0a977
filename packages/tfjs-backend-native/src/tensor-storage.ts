/**
 * Who sees which memory. Outputs of native kernels lie in pooled blocks, and a block may go back to the pool only
 * if nobody but its tensor ever saw it. Kernels copied from the `cpu` backend read `backend.data.get(id).values`
 * and some hand that very array on (a slice of whole rows is a subarray of its input), so `get` gives the block
 * up to the garbage collector; code of this package looks with `peek`, which does not.
 */
import {
  type backend_util,
  type DataId,
  DataStorage,
  type DataType,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { Block, BufferPool } from "./buffer-pool.js";

/** As the `cpu` backend's own entries, and the block that `values` lies in while nobody else may see it. */
export type TensorEntry = {
  values?: backend_util.BackendValues;
  dtype: DataType;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  refCount: number;
  block?: Block;
};

export class TensorStorage extends DataStorage<TensorEntry> {
  readonly #pool: BufferPool;

  constructor(pool: BufferPool, ...owner: ConstructorParameters<typeof DataStorage<TensorEntry>>) {
    super(...owner);
    this.#pool = pool;
  }

  /** The entry, fetched from another backend if it lies there; the caller must not hand its array on. */
  peek(dataId: DataId): TensorEntry {
    return super.get(dataId);
  }

  /** The entry, for code that may keep the array. */
  override get(dataId: DataId): TensorEntry {
    const entry = super.get(dataId);
    if (entry.block !== undefined) {
      this.#pool.abandon(entry.block);
      entry.block = undefined;
    }
    return entry;
  }

  override delete(dataId: DataId): boolean {
    if (!this.has(dataId)) return false;
    const { block } = this.peek(dataId);
    if (block !== undefined) this.#pool.release(block);
    return super.delete(dataId);
  }
}
