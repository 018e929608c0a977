import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionsOf } from "../database.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { readFloat64Array, readInt32Array } from "./array-send.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.database.close());

async function send(type: string, literal: string): Promise<Buffer> {
  const { pool } = connectionsOf(test.database);
  const { rows } = await pool.query<{ bytes: Buffer }>(`SELECT array_send($1::text::${type}[]) AS bytes`, [
    literal,
  ]);
  return rows[0]!.bytes;
}

const literal = (values: readonly number[]) => `{${values.join(",")}}`;
const withoutMinusZero = (values: number[]) => values.map((value) => (value === 0 ? 0 : value));

describe("array_send", () => {
  it("sends an empty array as one without dimensions", async () => {
    expect(readInt32Array(await send("int4", "{}"))).toEqual(new Int32Array());
    expect(readFloat64Array(await send("float8", "{}"))).toEqual(new Float64Array());
  });

  it("brings every whole number back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), async (values) => {
        expect([...readInt32Array(await send("int4", literal(values)))]).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it("brings every double back, to the last bit, NaN and the infinities too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double()), async (values) => {
        const back = readFloat64Array(await send("float8", literal(values)));
        expect([...back]).toEqual(withoutMinusZero(values));
      }),
      { numRuns: 50 },
    );
  });

  it("reads from the middle of a larger buffer", async () => {
    const bytes = await send("float8", "{1.5,NaN}");
    const larger = Buffer.concat([Buffer.alloc(3, 0xff), bytes]);
    expect([...readFloat64Array(larger.subarray(3))]).toEqual([1.5, NaN]);
  });
});
