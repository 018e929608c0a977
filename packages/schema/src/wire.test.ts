import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wireTransformer, wireTransformers } from "./wire.js";

const overTheWire = (value: unknown) =>
  wireTransformer.deserialize(JSON.parse(JSON.stringify(wireTransformer.serialize(value))));

describe("wireTransformer", () => {
  it("carries what JSON turns into null", () => {
    const value = { loss: NaN, best: -Infinity, list: [Infinity, 1.5] };
    expect(overTheWire(value)).toEqual(value);
  });

  it("carries a curve as the bytes of its numbers", () => {
    const curve = Float64Array.of(1, -2.5, NaN, Infinity);
    expect(wireTransformer.serialize(curve)).toEqual({
      $float64: "AAAAAAAA8D8AAAAAAAAEwAAAAAAAAPh/AAAAAAAA8H8=",
    });
    expect(overTheWire({ curve })).toEqual({ curve });
  });

  it("carries part of a larger buffer", () => {
    const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(overTheWire(part)).toEqual(Float64Array.of(2, 3));
  });

  it("sends an array that several curves share once, and gives it back as one", () => {
    const [x, first, second] = [Float64Array.of(1, 2), Float64Array.of(3, 4), Float64Array.of(5, 6)];
    const value = { 10: [{ x, y: first }], 9: { x: first, more: { $odd: second } }, last: [x, second] };
    const { output } = wireTransformers;
    const text = JSON.stringify(output.serialize(value));
    expect(text.match(/"\$float64":"/g)).toHaveLength(3);
    const back = output.deserialize(JSON.parse(text)) as typeof value;
    expect(back).toEqual(value);
    expect(back.last[0]).toBe(back[10][0]!.x);
    expect(back.last[1]).toBe(back[9].more.$odd);
    // A place that is not there stays what it was, for a schema to refuse.
    expect(output.deserialize({ $float64: 0 })).toEqual({ $float64: 0 });
    const ofTheUser = { $float64: 0 };
    expect(output.deserialize(JSON.parse(JSON.stringify(output.serialize(ofTheUser))))).toEqual(ofTheUser);
  });

  it("lets no request say a large array many times in a few bytes", () => {
    const x = Float64Array.of(1, 2);
    const [text] = wireTransformer.serialize([x]) as [unknown];
    expect(wireTransformers.input.deserialize([text, { $float64: 0 }])).toEqual([x, { $float64: 0 }]);
    expect(overTheWire([x, x])).toEqual([x, x]);
  });

  it("does not take a user's own object for a mark of its own", () => {
    const config = { $float64: "not base64 at all", nested: { $number: "7" }, $plain: { $plain: 1 } };
    expect(overTheWire(config)).toEqual(config);
    expect(overTheWire({ $number: "7" })).toEqual({ $number: "7" });
    expect(overTheWire({ $plain: { $float64: "AAAA" } })).toEqual({ $plain: { $float64: "AAAA" } });
  });

  it("gives back whatever JSON can say", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(overTheWire(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
