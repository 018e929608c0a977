import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePredictions, encodePredictions, PredictionsFormatError } from "./predictions.js";

const tiny = {
  split: "test",
  classNames: ["cat", "dog"],
  ids: ["a.png", "b.png", "c.png"],
  labels: Int32Array.of(0, 1, -1),
  probabilities: Float32Array.of(0.75, 0.25, 0.5, 0.5, 1, 0),
};

const predictions = fc
  .record({
    split: fc.string(),
    classNames: fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 5 }),
    ids: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 8 }),
  })
  .chain(({ split, classNames, ids }) =>
    fc.record({
      split: fc.constant(split),
      classNames: fc.constant(classNames),
      ids: fc.constant(ids),
      labels: fc.int32Array({
        min: -1,
        max: classNames.length - 1,
        minLength: ids.length,
        maxLength: ids.length,
      }),
      probabilities: fc.float32Array({
        minLength: ids.length * classNames.length,
        maxLength: ids.length * classNames.length,
      }),
    }),
  );

describe("predictions file", () => {
  it("is a length, a JSON header and float32 rows", () => {
    const bytes = encodePredictions(tiny);
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))).toEqual({
      formatVersion: 1,
      split: "test",
      classNames: ["cat", "dog"],
      ids: ["a.png", "b.png", "c.png"],
      labels: [0, 1, -1],
    });
    expect(bytes.byteLength).toBe(8 + headerLength + 6 * 4);
    // 0.75 in IEEE 754 single precision, little-endian.
    expect([...bytes.subarray(8 + headerLength, 12 + headerLength)]).toEqual([0x00, 0x00, 0x40, 0x3f]);
  });

  it("lists the labels of each picture that has any number of them", () => {
    const many = {
      ...tiny,
      labels: Int32Array.of(-1, -1, -1),
      labelSets: Uint8Array.of(1, 1, 0, 0, 0, 1),
      probabilities: Float32Array.of(0.75, 0.75, 0.25, 0, 1, 0.5),
    };
    const bytes = encodePredictions(many);
    expect(new TextDecoder().decode(bytes)).toContain('"labelSets":[[0,1],[],[1]]');
    expect(decodePredictions(bytes)).toEqual(many);
    expect(() => encodePredictions({ ...many, labelSets: Uint8Array.of(1, 1) })).toThrow(
      "Expected a set of labels for each of 3 ids. Received: 1.",
    );
  });

  it("reads back whatever was written, NaN included", () => {
    fc.assert(
      fc.property(predictions, (written) => {
        expect(decodePredictions(encodePredictions(written))).toEqual(written);
      }),
    );
  });

  it("reads a Buffer at any offset of a larger one, and keeps nothing of it", () => {
    for (let offset = 0; offset < 5; offset++) {
      const pool = Buffer.alloc(4096, 0xff);
      const bytes = encodePredictions(tiny);
      pool.set(bytes, offset);
      const read = decodePredictions(pool.subarray(offset, offset + bytes.byteLength));
      pool.fill(0);
      expect(read).toEqual(tiny);
    }
  });

  it("writes only the window of a shared array", () => {
    const shared = new Float32Array(10).fill(9);
    shared.set(tiny.probabilities, 2);
    const written = { ...tiny, probabilities: shared.subarray(2, 8) };
    expect(decodePredictions(encodePredictions(written))).toEqual(tiny);
  });

  it("refuses the file wherever it is cut, and with bytes to spare", () => {
    const bytes = encodePredictions(tiny);
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(() => decodePredictions(bytes.subarray(0, length))).toThrow(PredictionsFormatError);
    }
    expect(() => decodePredictions(new Uint8Array([...bytes, 0]))).toThrow(PredictionsFormatError);
  });

  it("refuses bytes of any other kind", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodePredictions(bytes)).toThrow(PredictionsFormatError);
      }),
    );
  });

  it("says what does not fit", () => {
    expect(() => encodePredictions({ ...tiny, labels: Int32Array.of(0) })).toThrow(
      "Expected one label and 2 probabilities for each of 3 ids. Received: 1 labels, 6 probabilities.",
    );
    expect(() => encodePredictions({ ...tiny, labels: Int32Array.of(0, 2, 0) })).toThrow(
      "Expected labels from 0 to 1, or -1 for unknown. Received: 2 for b.png.",
    );
  });
});
