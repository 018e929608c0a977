import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Predictions } from "@convkit/schema";
import { eventsOf, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { connectionsOf } from "../database.js";
import { inTransaction } from "../in-transaction.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { CursorError } from "../page-cursor.js";
import {
  ClassesDifferError,
  getReport,
  listDisagreements,
  listPictures,
  PredictionsNotFoundError,
  type PictureQuery,
  type PredictedPicture,
} from "./read-predictions.js";
import { storePredictions } from "./store-predictions.js";

let test: TestDatabase;

async function judge(runId: string, predictions: Partial<Predictions>): Promise<void> {
  await ingestEvents(test.database, eventsOf({ runId }, [started()]));
  await inTransaction(test.database, (client) =>
    storePredictions(client, runId, {
      split: "test",
      classNames: ["cat", "dog", "owl"],
      ids: [],
      labels: new Int32Array(),
      probabilities: new Float32Array(),
      ...predictions,
    }),
  );
}

beforeAll(async () => {
  test = await createTestDatabase();
  await judge("judged", {
    ids: ["a", "b", "c", "d", "e", "f"],
    // The last picture's label is unknown.
    labels: Int32Array.of(0, 0, 0, 1, 2, -1),
    probabilities: Float32Array.of(
      ...[0.75, 0.125, 0.125],
      ...[0.25, 0.625, 0.125],
      ...[0.125, 0.75, 0.125],
      ...[0.125, 0.75, 0.125],
      // Equally probable: the lowest index is the prediction.
      ...[0.25, 0.375, 0.375],
      ...[0.5, 0.25, 0.25],
    ),
  });
});
afterAll(() => test.database.close());

const list = async (query: Partial<PictureQuery> = {}) =>
  listPictures(test.database, { runId: "judged", split: "test", ...query });
const idsOf = async (query: Partial<PictureQuery>) => (await list(query)).pictures.map(({ id }) => id);

/** Infinity less itself is NaN. */
const sign = (a: number, b: number) => Number(a > b) - Number(a < b);

describe("predictions of label sets", () => {
  it("stay out of what needs one class a picture", async () => {
    await judge("sets", {
      ids: ["a"],
      labels: Int32Array.of(-1),
      labelSets: Uint8Array.of(1, 1, 0),
      probabilities: Float32Array.of(0.75, 0.75, 0.25),
    });
    await expect(list({ runId: "sets" })).rejects.toThrow(
      /any number of labels, its report and predictions\.bin/,
    );
  });
});

describe("listPictures", () => {
  it("says of a picture what was predicted, how surely, and what its label got", async () => {
    const { classNames, pictures, total } = await list({ label: 0, outcome: "wrong" });
    expect(classNames).toEqual(["cat", "dog", "owl"]);
    expect(total).toBe(2);
    expect(pictures).toEqual([
      { id: "c", label: 0, prediction: 1, probability: 0.75, labelProbability: 0.125 },
      { id: "b", label: 0, prediction: 1, probability: 0.625, labelProbability: 0.25 },
    ]);
    const unknown = (await list({ label: -1 })).pictures;
    expect(unknown).toEqual([
      { id: "f", label: -1, prediction: 0, probability: 0.5, labelProbability: null },
    ]);
  });

  it.each([
    // Cells of the confusion matrix.
    [{ label: 0, prediction: 0 }, ["a"]],
    [{ label: 0, prediction: 1 }, ["c", "b"]],
    [{ label: 2, prediction: 1 }, ["e"]],
    [{ label: 2, prediction: 2 }, []],
    // Its columns, and both diagonals.
    [{ prediction: 1 }, ["c", "d", "b", "e"]],
    [{ outcome: "right" as const }, ["a", "d"]],
    [{ outcome: "wrong" as const }, ["c", "b", "e"]],
    [{}, ["a", "c", "d", "b", "f", "e"]],
    [{ order: "uncertain" as const }, ["e", "f", "b", "a", "c", "d"]],
    [{ label: 7 }, []],
  ])("%j", async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected);
  });

  it("visits every picture once, page by page, whatever its probability", async () => {
    // One class, so that each number is a prediction's probability.
    const probability = fc.oneof(
      fc.float(),
      fc.constantFrom(0, -0, 1, NaN, Infinity, -Infinity, Math.fround(0.1)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(probability, { maxLength: 12 }),
        fc.constantFrom("confident" as const, "uncertain" as const),
        fc.integer({ min: 1, max: 13 }),
        async (probabilities, order, limit) => {
          await judge("any", {
            classNames: ["all"],
            ids: probabilities.map((_, index) => `picture ${String(index).padStart(2, "0")}`),
            labels: new Int32Array(probabilities.length),
            probabilities: Float32Array.from(probabilities),
          });
          const query = { runId: "any", order };
          const whole = (await list(query)).pictures;
          const found: PredictedPicture[] = [];
          for (let cursor: string | undefined, isLast = false; !isLast;) {
            const page = await list({ ...query, limit, cursor });
            expect(page.total).toBe(probabilities.length);
            found.push(...page.pictures);
            cursor = page.nextCursor;
            isLast = cursor === undefined;
            if (!isLast) expect(page.pictures).toHaveLength(limit);
          }
          expect(found).toEqual(whole);
          const least = order === "confident" ? -Infinity : Infinity;
          const keys = whole.map((picture) =>
            Number.isNaN(picture.probability) ? least : picture.probability,
          );
          expect(keys).toEqual(keys.toSorted((a, b) => (order === "confident" ? sign(b, a) : sign(a, b))));
          expect(new Set(whole.map(({ id }) => id)).size).toBe(probabilities.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("shows each of two pictures with one id, and compares neither", async () => {
    const twice = {
      classNames: ["cat", "dog"],
      ids: ["a", "a", "b"],
      labels: Int32Array.of(0, 0, 0),
      probabilities: Float32Array.of(0.9, 0.1, 0.1, 0.9, 0.9, 0.1),
    };
    await judge("twice", twice);
    const ids: string[] = [];
    for (let cursor: string | undefined, isLast = false; !isLast;) {
      const page = await list({ runId: "twice", limit: 1, cursor });
      ids.push(...page.pictures.map(({ id }) => id));
      cursor = page.nextCursor;
      isLast = cursor === undefined;
    }
    expect(ids).toEqual(["a", "a", "b"]);
    await judge("other", { ...twice, ids: ["c", "d", "b"] });
    const { shared, total } = await listDisagreements(test.database, {
      runIds: ["twice", "other"],
      split: "test",
    });
    expect({ shared, total }).toEqual({ shared: 1, total: 0 });
  });

  it("goes on behind the last picture when the predictions are replaced between two pages", async () => {
    const judgeAgain = (pictures: Record<string, number>) =>
      judge("again", {
        classNames: ["all"],
        ids: Object.keys(pictures),
        labels: new Int32Array(Object.keys(pictures).length),
        probabilities: Float32Array.from(Object.values(pictures)),
      });
    await judgeAgain({ a: 0.9, b: 0.8, c: 0.7, d: 0.6 });
    const first = await list({ runId: "again", limit: 2 });
    expect(first.pictures.map(({ id }) => id)).toEqual(["a", "b"]);
    // Another order in the file, one picture less, and two that are new on either side of the cursor.
    await judgeAgain({ d: 0.6, c: 0.7, b2: 0.8, a: 0.9, a2: 0.85 });
    const second = await list({ runId: "again", limit: 2, cursor: first.nextCursor });
    expect(second.pictures.map(({ id }) => id)).toEqual(["b2", "c"]);
    const third = await list({ runId: "again", limit: 2, cursor: second.nextCursor });
    expect(third.pictures.map(({ id }) => id)).toEqual(["d"]);
    expect(third).not.toHaveProperty("nextCursor");
  });

  it("refuses a cursor that no page gave", async () => {
    const spell = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const others = ["", "120", spell(null), spell([0.5]), spell(["NaN", "a"]), spell([null, "a"])];
    for (const cursor of [...others, spell([0.5, "\0"]), spell([0.5, "a", "b"])]) {
      const error = await list({ cursor }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(CursorError);
      expect((error as Error).message).toBe(
        "Expected the cursor of a page of pictures. Received: another text. The first page takes no cursor.",
      );
      const runIds = ["judged", "other"];
      await expect(
        listDisagreements(test.database, { runIds, split: "test", cursor }),
      ).rejects.toBeInstanceOf(CursorError);
    }
    // Behind everything there is an empty page.
    expect(await list({ cursor: spell(["Infinity", "x", 1]) })).toEqual({
      classNames: ["cat", "dog", "owl"],
      pictures: [],
      total: 6,
    });
  });

  it("says when there is nothing to list", async () => {
    await expect(list({ runId: "nothing" })).rejects.toBeInstanceOf(PredictionsNotFoundError);
    await expect(list({ split: "validation" })).rejects.toThrow(
      "Expected a run that was judged on validation.",
    );
    expect(await getReport(test.database, "judged", "test")).toBeNull();
    expect(await getReport(test.database, "nothing", "test")).toBeNull();
  });

  it("holds ten thousand pictures of a hundred classes", async () => {
    const [pictures, classes] = [10_000, 100];
    const probabilities = Float32Array.from({ length: pictures * classes }, (_, index) =>
      index % classes === Math.floor(index / classes) % classes ? 0.505 : 0.005,
    );
    await judge("large", {
      classNames: Array.from({ length: classes }, (_, index) => `class ${index}`),
      ids: Array.from({ length: pictures }, (_, index) => `picture ${index}`),
      labels: Int32Array.from({ length: pictures }, (_, index) => (index * 3) % classes),
      probabilities,
    });
    const { total, pictures: shown } = await list({ runId: "large", prediction: 7, limit: 3 });
    expect(total).toBe(100);
    expect(shown[0]!.probability).toBe(Math.fround(0.505));
  });
});

describe("listDisagreements", () => {
  beforeAll(async () => {
    const row = (index: number, probability: number) => {
      const rest = (1 - probability) / 2;
      return [0, 1, 2].map((at) => (at === index ? probability : rest));
    };
    // In another order, without "a", and with one of its own.
    await judge("other", {
      ids: ["e", "d", "c", "b", "g"],
      labels: Int32Array.of(2, 1, 0, 0, 0),
      probabilities: Float32Array.of(
        ...row(2, 0.75),
        ...row(1, 0.875),
        ...row(0, 0.625),
        ...row(0, 0.875),
        ...row(0, 1),
      ),
    });
  });

  it("lists what both were judged on and call differently, the surest first", async () => {
    const page = await listDisagreements(test.database, { runIds: ["judged", "other"], split: "test" });
    expect(page).toEqual({
      classNames: ["cat", "dog", "owl"],
      shared: 4,
      total: 3,
      pictures: [
        // Both sure by 0.625: by name.
        { id: "b", label: 0, predictions: [1, 0], probabilities: [0.625, 0.875] },
        { id: "c", label: 0, predictions: [1, 0], probabilities: [0.75, 0.625] },
        { id: "e", label: 2, predictions: [1, 2], probabilities: [0.375, 0.75] },
      ],
    });
    const query = { runIds: ["judged", "other"], split: "test", limit: 2 };
    const first = await listDisagreements(test.database, query);
    expect(first.pictures).toEqual(page.pictures.slice(0, 2));
    const second = await listDisagreements(test.database, { ...query, cursor: first.nextCursor });
    expect(second).toEqual({ ...page, pictures: page.pictures.slice(2) });
  });

  it("counts a NaN for the least sure", async () => {
    const labels = Int32Array.of(0, 0, 0);
    const judgeAs = (runId: string, probabilities: number[]) =>
      judge(runId, {
        classNames: ["x", "y"],
        ids: ["a", "b", "c"],
        labels,
        probabilities: Float32Array.from(probabilities),
      });
    await judgeAs("left", [NaN, 0, 0.75, 0.25, 1, 0]);
    await judgeAs("right", [0.25, 0.75, 0.25, 0.75, 0.5, 0.5]);
    const { pictures } = await listDisagreements(test.database, { runIds: ["left", "right"], split: "test" });
    expect(pictures.map(({ id, probabilities }) => [id, probabilities])).toEqual([
      ["b", [0.75, 0.75]],
      ["a", [NaN, 0.75]],
    ]);
  });

  it("lists nothing of a run beside itself", async () => {
    const page = await listDisagreements(test.database, { runIds: ["judged", "judged"], split: "test" });
    expect(page).toMatchObject({ shared: 6, total: 0, pictures: [] });
  });

  it("refuses runs of other classes, and ones that were not judged", async () => {
    await judge("birds", {
      classNames: ["owl", "tit"],
      ids: ["a"],
      labels: Int32Array.of(0),
      probabilities: Float32Array.of(1, 0),
    });
    const runIds = ["judged", "birds"];
    await expect(listDisagreements(test.database, { runIds, split: "test" })).rejects.toBeInstanceOf(
      ClassesDifferError,
    );
    const missing = { runIds: ["judged", "nothing"], split: "test" };
    await expect(listDisagreements(test.database, missing)).rejects.toBeInstanceOf(PredictionsNotFoundError);
  });
});

describe("predicted_picture", () => {
  it("says the same to SQL by hand", async () => {
    const { rows } = await connectionsOf(test.database).pool.query(
      "SELECT picture_id, label, prediction, probability FROM predicted_picture WHERE run_id = 'judged' ORDER BY 1 LIMIT 2",
    );
    expect(rows).toEqual([
      { picture_id: "a", label: "cat", prediction: "cat", probability: 0.75 },
      { picture_id: "b", label: "cat", prediction: "dog", probability: 0.625 },
    ]);
  });
});
