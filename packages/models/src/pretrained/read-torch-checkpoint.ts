/**
 * PyTorch's own files (`.pth`, `.pt`, `.bin`) of a state dict: a zip archive of a pickle and the numbers that it refers
 * to, or, before PyTorch 1.6 and in most of torchvision's older files, the same one behind the other. The pickle is
 * read by `unpickle`, which executes nothing.
 * https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
import { PretrainedWeightsError } from "../errors.js";
import {
  BYTES_PER_NUMBER,
  decodeFloats,
  type NumberType,
  type PublishedTensor,
  type PublishedWeights,
} from "./published-tensor.js";
import { readStoredZip } from "./read-stored-zip.js";
import { PickledGlobal, unpickle, type Unpickled, type UnpickleOptions } from "./unpickle.js";

const STORAGE_TYPES: Readonly<Record<string, NumberType>> = {
  "torch.DoubleStorage": "F64",
  "torch.FloatStorage": "F32",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};
/** Under which training programs keep the weights beside other things. */
const WEIGHTS_KEYS = ["state_dict", "model"];
/** 0x1950a86a20f9469cfc6c, pickled: with it a file of the older kind begins. */
const OLD_MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

export function isTorchCheckpoint(file: Uint8Array): boolean {
  return isZip(file) || OLD_MAGIC.every((byte, i) => file[i] === byte);
}

/**
 * @returns the tensors by name; their numbers stay in `file` until they are read.
 * @throws {PretrainedWeightsError} if the file is damaged, or holds more than weights.
 */
export function readTorchCheckpoint(file: Uint8Array): PublishedWeights {
  return tensorsOf(isZip(file) ? readArchive(file) : readOldFile(file));
}

function isZip(file: Uint8Array): boolean {
  return file[0] === 0x50 && file[1] === 0x4b;
}

/** Numbers that tensors are views of. */
class Storage {
  bytes: Uint8Array | undefined;

  constructor(
    readonly key: string,
    readonly type: NumberType,
    /** Of numbers. */
    readonly length: number,
  ) {}

  /** @throws {PretrainedWeightsError} if the file has fewer bytes than the pickle says. */
  fill(bytes: Uint8Array | undefined): void {
    const expected = this.length * BYTES_PER_NUMBER[this.type];
    if (bytes?.length !== expected) {
      throw damaged(
        `${expected} bytes of storage "${this.key}"`,
        bytes ? String(bytes.length) : "no such storage",
      );
    }
    this.bytes = bytes;
  }
}

class StridedTensor implements PublishedTensor {
  constructor(
    private readonly storage: Storage,
    private readonly offset: number,
    readonly shape: readonly number[],
    private readonly strides: readonly number[],
  ) {}

  read(): Float32Array {
    const { type, bytes } = this.storage;
    const size = BYTES_PER_NUMBER[type];
    const count = this.shape.reduce((product, length) => product * length, 1);
    if (count === 0) return new Float32Array();
    if (this.isContiguous()) {
      return decodeFloats(type, bytes!.subarray(this.offset * size, (this.offset + count) * size));
    }
    return this.gather(decodeFloats(type, bytes!.subarray(this.offset * size)), count);
  }

  private isContiguous(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== expected) return false;
      expected *= this.shape[axis]!;
    }
    return true;
  }

  /** Row by row, as an odometer turns. */
  private gather(values: Float32Array, count: number): Float32Array {
    const result = new Float32Array(count);
    const place = this.shape.map(() => 0);
    let at = 0;
    for (let i = 0; i < count; i++) {
      result[i] = values[at]!;
      for (let axis = place.length - 1; axis >= 0; axis--) {
        place[axis]! += 1;
        at += this.strides[axis]!;
        if (place[axis]! < this.shape[axis]!) break;
        at -= this.strides[axis]! * this.shape[axis]!;
        place[axis] = 0;
      }
    }
    return result;
  }
}

const GLOBALS: UnpickleOptions["globals"] = new Map([
  ["collections.OrderedDict", orderedDict],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", ([tensor]: readonly Unpickled[]) => tensor],
  ...Object.keys(STORAGE_TYPES).map((name) => [name, () => notCalled(name)] as const),
]);

function orderedDict([pairs = []]: readonly Unpickled[]): Map<unknown, unknown> {
  if (Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return new Map(pairs as [unknown, unknown][]);
  }
  throw damaged("pairs of names and values", "something else");
}

function rebuildTensor([storage, offset, shape, strides]: readonly Unpickled[]): StridedTensor {
  if (!(storage instanceof Storage) || !isSize(offset) || !areSizes(shape) || !areSizes(strides)) {
    throw damaged("tensors of a storage, offset, sizes and strides", "another one");
  }
  const count = shape.reduce((product, length) => product * length, 1);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), offset);
  const fits = count === 0 || (count <= storage.length && last < storage.length);
  if (shape.length !== strides.length || !fits) {
    throw damaged(
      `a tensor within the ${storage.length} numbers of storage "${storage.key}"`,
      `one of [${shape.join(", ")}] by steps of [${strides.join(", ")}] from ${offset} on`,
    );
  }
  return new StridedTensor(storage, offset, shape, strides);
}

function notCalled(name: string): never {
  throw damaged("storages to be referred to", `a call of ${name}`);
}

/** Makes storages of their references, the same one of the same key. */
function storagesByKey(storages: Map<string, Storage>): UnpickleOptions["loadPersistent"] {
  return (id) => {
    const [kind, type, key, , length, view = null] = Array.isArray(id) ? (id as unknown[]) : [];
    const number = type instanceof PickledGlobal ? STORAGE_TYPES[type.name] : undefined;
    if (kind !== "storage" || !number || typeof key !== "string" || !isSize(length) || view !== null) {
      throw damaged("references to storages", "another one");
    }
    const known = storages.get(key);
    if (known && (known.type !== number || known.length !== length)) {
      throw damaged(`one type and length of storage "${key}"`, "two");
    }
    const storage = known ?? new Storage(key, number, length);
    storages.set(key, storage);
    return storage;
  };
}

function readArchive(file: Uint8Array): Unpickled {
  const contents = readStoredZip(file);
  const pickleName = [...contents.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickleName === undefined) {
    const names = [...contents.keys()].slice(0, 3).join(", ") || "nothing";
    throw new PretrainedWeightsError(
      `Expected an archive that torch.save wrote, with a data.pkl in a folder. Received: one with ${names}.`,
    );
  }
  const folder = pickleName.slice(0, -"data.pkl".length);
  const order = contents.get(`${folder}byteorder`);
  checkOrder(order === undefined || new TextDecoder().decode(order) === "little");
  const storages = new Map<string, Storage>();
  const options = { globals: GLOBALS, loadPersistent: storagesByKey(storages) };
  const { value } = unpickle(contents.get(pickleName)!, 0, options);
  for (const [key, storage] of storages) storage.fill(contents.get(`${folder}data/${key}`));
  return value;
}

/** Magic number, version, facts of the system, the state dict, the storages' keys; then length and numbers of each. */
function readOldFile(file: Uint8Array): Unpickled {
  const storages = new Map<string, Storage>();
  const options = { globals: GLOBALS, loadPersistent: storagesByKey(storages) };
  let end = OLD_MAGIC.length;
  const next = (): Unpickled => {
    const read = unpickle(file, end, options);
    end = read.end;
    return read.value;
  };
  next();
  const system = next();
  checkOrder(system instanceof Map && system.get("little_endian") === true);
  const state = next();
  const keys = next();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) {
    const storage = storages.get(key as string);
    if (!storage || end + 8 > file.length) throw damaged("the numbers of its storages", "an end before them");
    const length = Number(view.getBigUint64(end, true));
    const start = end + 8;
    end = start + length * BYTES_PER_NUMBER[storage.type];
    storage.fill(file.subarray(start, end));
  }
  const missing = [...storages.values()].find(({ bytes }) => bytes === undefined);
  missing?.fill(undefined);
  return state;
}

function tensorsOf(value: Unpickled): PublishedWeights {
  if (value instanceof Map) {
    const key = WEIGHTS_KEYS.find((name) => value.get(name) instanceof Map);
    const entries = [...((key === undefined ? value : value.get(key)) as Map<unknown, unknown>)];
    const tensors = entries.filter(
      (entry): entry is [string, StridedTensor] =>
        typeof entry[0] === "string" && entry[1] instanceof StridedTensor,
    );
    if (tensors.length > 0 && tensors.length === entries.length) return new Map(tensors);
  }
  throw new PretrainedWeightsError(
    "Expected a state dict: tensors by name. Received: a file of something else. " +
      "Write the weights alone: torch.save(model.state_dict(), file).",
  );
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function checkOrder(isLittleEndian: boolean): void {
  if (!isLittleEndian) throw damaged("little-endian numbers", "others");
}

function damaged(expected: string, received: string): PretrainedWeightsError {
  return new PretrainedWeightsError(
    `Expected a PyTorch file with ${expected}. Received: ${received}. Fetch or write the file again.`,
  );
}
