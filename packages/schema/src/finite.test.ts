import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnyNumber, stringifyWithSpelledNumbers } from "./finite.js";

describe("numbers on the wire", () => {
  it("spells what JSON cannot say", () => {
    const text = stringifyWithSpelledNumbers({ a: NaN, b: [Infinity, -Infinity], c: 1.5, d: null, e: "NaN" });
    expect(text).toBe('{"a":"NaN","b":["Infinity","-Infinity"],"c":1.5,"d":null,"e":"NaN"}');
  });

  it("indents like JSON.stringify", () => {
    expect(stringifyWithSpelledNumbers({ a: NaN }, 2)).toBe('{\n  "a": "NaN"\n}');
  });

  it("gives every double back, save the sign of zero", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const back = AnyNumber.parse(JSON.parse(stringifyWithSpelledNumbers(value)));
        expect(back).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });

  it.each(["nan", "1", "", null, true, {}])("refuses %j", (value) => {
    expect(AnyNumber.safeParse(value).success).toBe(false);
  });
});
