/**
 * Reads what Python's pickle wrote, and runs none of it: a program of numbers, texts, lists, dictionaries, and calls of
 * the functions that the reader is handed. Every other function is refused by its name.
 * https://docs.python.org/3/library/pickletools.html describes the instructions; here are those that PyTorch's files
 * use, in protocols 2 to 4.
 */
import { PretrainedWeightsError } from "../errors.js";

/** A list and a tuple are arrays, a dictionary is a Map, an integer beyond 2⁵³ a bigint. */
export type Unpickled = unknown;

export type UnpickleOptions = {
  /** By `module.name`: what a call gives for its arguments. Those that are never called, only named, give themselves. */
  readonly globals: ReadonlyMap<string, (args: readonly Unpickled[]) => Unpickled>;
  /** What a reference to something outside the pickle stands for. */
  readonly loadPersistent: (id: Unpickled) => Unpickled;
};

/** A function or class that the pickle names. */
export class PickledGlobal {
  constructor(
    readonly name: string,
    readonly call: (args: readonly Unpickled[]) => Unpickled,
  ) {}
}

/** @returns the value, and the offset behind its pickle. @throws {PretrainedWeightsError} */
export function unpickle(
  bytes: Uint8Array,
  offset: number,
  options: UnpickleOptions,
): { value: Unpickled; end: number } {
  try {
    return new Unpickler(bytes, offset, options).run();
  } catch (error) {
    if (error instanceof RangeError) throw damaged("that ends too early", error);
    throw error;
  }
}

class Unpickler {
  readonly #view: DataView;
  readonly #stack: Unpickled[] = [];
  /** Lengths of the stack where a list of items begins. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Unpickled>();

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly options: UnpickleOptions,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): { value: Unpickled; end: number } {
    for (;;) {
      const code = this.#uint8();
      if (code === 0x2e /* . STOP */) return { value: this.#pop(), end: this.at };
      this.#step(code);
    }
  }

  #step(code: number): void {
    switch (code) {
      case 0x80: // PROTO
        this.#skip(1);
        break;
      case 0x95: // FRAME
        this.#skip(8);
        break;
      case 0x28: // ( MARK
        this.#marks.push(this.#stack.length);
        break;
      case 0x30: // 0 POP
        this.#pop();
        break;
      case 0x4e: // N NONE
        this.#push(null);
        break;
      case 0x88: // NEWTRUE
        this.#push(true);
        break;
      case 0x89: // NEWFALSE
        this.#push(false);
        break;
      case 0x4b: // K BININT1
        this.#push(this.#uint8());
        break;
      case 0x4d: // M BININT2
        this.#push(this.#view.getUint16(this.#skip(2), true));
        break;
      case 0x4a: // J BININT
        this.#push(this.#view.getInt32(this.#skip(4), true));
        break;
      case 0x8a: // LONG1
        this.#push(this.#long(this.#uint8()));
        break;
      case 0x47: // G BINFLOAT
        this.#push(this.#view.getFloat64(this.#skip(8), false));
        break;
      case 0x55: // U SHORT_BINSTRING
      case 0x43: // C SHORT_BINBYTES
      case 0x8c: // SHORT_BINUNICODE
        this.#push(this.#text(this.#uint8()));
        break;
      case 0x54: // T BINSTRING
      case 0x58: // X BINUNICODE
        this.#push(this.#text(this.#uint32()));
        break;
      case 0x5d: // ] EMPTY_LIST
      case 0x29: // ) EMPTY_TUPLE
        this.#push([]);
        break;
      case 0x7d: // } EMPTY_DICT
        this.#push(new Map());
        break;
      case 0x74: // t TUPLE
        this.#push(this.#popToMark());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#push(this.#popMany(code - 0x84));
        break;
      case 0x61: // a APPEND
        this.#append([this.#pop()]);
        break;
      case 0x65: // e APPENDS
        this.#append(this.#popToMark());
        break;
      case 0x73: // s SETITEM
        this.#setItems(this.#popMany(2));
        break;
      case 0x75: // u SETITEMS
        this.#setItems(this.#popToMark());
        break;
      case 0x71: // q BINPUT
        this.#memo.set(this.#uint8(), this.#top());
        break;
      case 0x72: // r LONG_BINPUT
        this.#memo.set(this.#uint32(), this.#top());
        break;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        break;
      case 0x68: // h BINGET
        this.#recall(this.#uint8());
        break;
      case 0x6a: // j LONG_BINGET
        this.#recall(this.#uint32());
        break;
      case 0x63: // c GLOBAL
        this.#push(this.#global(this.#line(), this.#line()));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        this.#push(this.#global(String(module), String(name)));
        break;
      }
      case 0x51: // Q BINPERSID
        this.#push(this.options.loadPersistent(this.#pop()));
        break;
      case 0x52: // R REDUCE
        this.#reduce();
        break;
      case 0x62: // b BUILD
        this.#build();
        break;
      default:
        throw damaged(`with the instruction 0x${code.toString(16)}, which no state dict needs`);
    }
  }

  #global(module: string, name: string): PickledGlobal {
    const full = `${module}.${name}`;
    const call = this.options.globals.get(full);
    if (call) return new PickledGlobal(full, call);
    throw new PretrainedWeightsError(
      `Expected a file of nothing but weights, a state dict. Received: one that names ${JSON.stringify(full)}, which ` +
        "is not run. Load it where you trust it and keep its weights alone: torch.save(model.state_dict(), file).",
    );
  }

  #reduce(): void {
    const [callee, args] = this.#popMany(2);
    if (!(callee instanceof PickledGlobal) || !Array.isArray(args))
      throw damaged("with a call of no function");
    this.#push(callee.call(args));
  }

  /** Attributes, such as the versions of modules that a state dict carries: not kept. */
  #build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map))
      throw damaged("that gives attributes to something else than a dictionary");
  }

  #append(values: readonly Unpickled[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw damaged("that appends to something else than a list");
    for (const value of values) list.push(value);
  }

  #setItems(items: readonly Unpickled[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 > 0) throw damaged("with an entry of no dictionary");
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #recall(place: number): void {
    if (!this.#memo.has(place)) throw damaged("that recalls what it has not named");
    this.#push(this.#memo.get(place));
  }

  #push(value: Unpickled): void {
    this.#stack.push(value);
  }

  #top(): Unpickled {
    if (this.#stack.length === 0) throw damaged("that takes from an empty stack");
    return this.#stack.at(-1);
  }

  #pop(): Unpickled {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  #popMany(count: number): Unpickled[] {
    if (this.#stack.length < count) throw damaged("that takes from an empty stack");
    return this.#stack.splice(-count);
  }

  #popToMark(): Unpickled[] {
    const mark = this.#marks.pop();
    if (mark === undefined || mark > this.#stack.length) throw damaged("with items of no list");
    return this.#stack.splice(mark);
  }

  /** @returns the offset before it. */
  #skip(count: number): number {
    const start = this.at;
    if (start + count > this.bytes.length) throw damaged("that ends too early");
    this.at += count;
    return start;
  }

  #uint8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  #uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** Two's complement, little-endian. */
  #long(length: number): number | bigint {
    const start = this.#skip(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]!);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  #text(length: number): string {
    const start = this.#skip(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  #line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw damaged("that ends too early");
    return this.#text(end - this.at + 1).slice(0, -1);
  }
}

function damaged(received: string, cause?: unknown): PretrainedWeightsError {
  return new PretrainedWeightsError(
    `Expected the pickle of a state dict, as torch.save writes it. Received: one ${received}.`,
    { cause },
  );
}
