/** Files that PyTorch wrote (test/fixtures/pretrained/torch-files.py), and what is made of damaged and hostile ones. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PretrainedWeightsError } from "../errors.js";
import { decodeWeights } from "./read-pretrained-file.js";
import { readTorchCheckpoint } from "./read-torch-checkpoint.js";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../test/fixtures/pretrained/${name}`, import.meta.url)));
const CONTENTS = JSON.parse(new TextDecoder().decode(fixture("small.json"))) as Record<
  string,
  { shape: number[]; values: (number | "Infinity" | "-Infinity")[] }
>;
const STOP = 0x2e;

describe("decodeWeights", () => {
  for (const name of ["small.pth", "small-old.pth", "small-training.pth", "small.safetensors"]) {
    it(`reads every tensor of ${name}, whatever its type, strides and storage`, () => {
      const weights = decodeWeights(fixture(name));
      expect([...weights.keys()].filter((key) => key in CONTENTS)).toEqual(Object.keys(CONTENTS));
      for (const [key, { shape, values }] of Object.entries(CONTENTS)) {
        const tensor = weights.get(key)!;
        expect(tensor.shape, key).toEqual(shape);
        expect(tensor.read(), key).toEqual(Float32Array.from(values, Number));
      }
    });
  }

  it("gives a transposed tensor row by row", () => {
    const { shape, read } = asFunctions(fixture("small.pth"), "transposed");
    expect(shape).toEqual([3, 2]);
    expect([...read()]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it("reads no integers as weights", () => {
    const { read } = asFunctions(fixture("small.pth"), "norm.num_batches_tracked");
    expect(read).toThrow("Expected weights of type F64, F32, F16 or BF16. Received: integers, of type I64.");
  });
});

function asFunctions(file: Uint8Array, name: string) {
  const tensor = decodeWeights(file).get(name)!;
  return { shape: tensor.shape, read: () => tensor.read() };
}

describe("readTorchCheckpoint", () => {
  for (const name of ["evil.pth", "evil-old.pth"]) {
    it(`names what ${name} would run, and does not run it`, () => {
      const read = () => readTorchCheckpoint(fixture(name));
      expect(read).toThrow(PretrainedWeightsError);
      expect(read).toThrow('Received: one that names "posix.system", which is not run.');
    });
  }

  it("names the class of a whole model, and how to keep its weights alone", () => {
    const read = () => readTorchCheckpoint(fixture("whole-model.pth"));
    expect(read).toThrow('Received: one that names "__main__.Small", which is not run.');
    expect(read).toThrow("torch.save(model.state_dict(), file)");
  });

  for (const name of ["small.pth", "small-old.pth"]) {
    const whole = fixture(name);

    it(`refuses every cut of ${name}`, () => {
      for (let length = 2; length < whole.length; length++) {
        expect(() => decodeWeights(whole.subarray(0, length)), String(length)).toThrow(
          PretrainedWeightsError,
        );
      }
    });

    it(`either reads or refuses ${name} with any byte changed`, () => {
      const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
      fc.assert(
        fc.property(change, ({ at, to }) => {
          const altered = Uint8Array.from(whole);
          altered[at] = to;
          try {
            for (const tensor of decodeWeights(altered).values()) tensor.read();
          } catch (error) {
            expect(error).toBeInstanceOf(PretrainedWeightsError);
          }
        }),
        { numRuns: 2000 },
      );
    });
  }

  it("refuses a storage that is shorter than its pickle says", () => {
    const old = fixture("small-old.pth");
    expect(() => readTorchCheckpoint(old.subarray(0, -4))).toThrow(/bytes of storage "\d+". Received: \d+/);
  });

  it.each([
    ["counts beyond its storage", [2, 3], [3, 1], 0],
    ["begins behind it", [1], [1], 5],
    ["has more numbers than it by a step of 0", [6], [0], 0],
    ["steps back", [2], [-1], 4],
  ] as const)("refuses a tensor that %s", (_, shape, strides, offset) => {
    expect(() => readTorchCheckpoint(oldFile({ shape, strides, offset }))).toThrow(PretrainedWeightsError);
  });

  it("reads a file put together by hand, so that the refusals are of what they say", () => {
    const file = oldFile({ shape: [2, 2], strides: [1, 2], offset: 1 });
    const tensor = readTorchCheckpoint(file).get("w")!;
    expect([...tensor.read()]).toEqual([2, 4, 3, 5]);
  });

  it("refuses an archive that is compressed", () => {
    const zip = fixture("small.pth");
    const directory = zip.length - 22;
    const start = new DataView(zip.buffer).getUint32(directory + 16, true);
    zip[start + 10] = 8;
    expect(() => readTorchCheckpoint(zip)).toThrow("compressed by method 8");
  });
});

type Strided = { shape: readonly number[]; strides: readonly number[]; offset: number };

/** The older format: one tensor "w" of a storage with the numbers 1 to 5. */
function oldFile({ shape, strides, offset }: Strided): Uint8Array {
  const text = (value: string) => [0x58, value.length, 0, 0, 0, ...new TextEncoder().encode(value)];
  const int = (value: number) => [0x4a, ...new Uint8Array(Int32Array.of(value).buffer)];
  const tuple = (values: readonly number[]) => [0x28, ...values.flatMap(int), 0x74];
  const global = (module: string, name: string) => [
    0x63,
    ...new TextEncoder().encode(`${module}\n${name}\n`),
  ];
  const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, STOP];
  const version = [0x80, 2, ...int(1001), STOP];
  const system = [0x80, 2, 0x7d, ...text("little_endian"), 0x88, 0x73, STOP];
  const storage = [
    0x28,
    ...text("storage"),
    ...global("torch", "FloatStorage"),
    ...text("0"),
    ...text("cpu"),
    ...int(5),
    0x4e,
    0x74,
    0x51,
  ];
  const tensor = [
    ...global("torch._utils", "_rebuild_tensor_v2"),
    0x28,
    ...storage,
    ...int(offset),
    ...tuple(shape),
    ...tuple(strides),
    0x74,
    0x52,
  ];
  const state = [0x80, 2, 0x7d, ...text("w"), ...tensor, 0x73, STOP];
  const keys = [0x80, 2, 0x5d, ...text("0"), 0x61, STOP];
  const numbers = [5, 0, 0, 0, 0, 0, 0, 0, ...new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer)];
  return Uint8Array.from([...magic, ...version, ...system, ...state, ...keys, ...numbers]);
}
