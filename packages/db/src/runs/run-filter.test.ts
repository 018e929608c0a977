import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, epochEnded, eventsOf, started, type MadeRun } from "../../test/made-run.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { tagRuns } from "./edit-runs.js";
import { listRuns } from "./list-runs.js";
import { parseRunFilter, RunFilterError, type RunFilter } from "./run-filter.js";

describe("parseRunFilter", () => {
  /** As Lisp would say it. */
  function shape(filter: RunFilter | null): string {
    if (filter === null) return "";
    switch (filter.type) {
      case "and":
      case "or":
        return `(${[filter.type, ...filter.terms.map(shape)].join(" ")})`;
      case "not":
        return `(not ${shape(filter.term)})`;
      case "comparison":
        return `${filter.field}${filter.operator}${JSON.stringify(filter.value)}`;
      default:
        return filter satisfies never;
    }
  }

  it.each([
    ["", ""],
    ["   ", ""],
    ["a=1", "a=1"],
    ["a = 1 and b = 2 or c = 3", "(or (and a=1 b=2) c=3)"],
    ["a = 1 or b = 2 and c = 3", "(or a=1 (and b=2 c=3))"],
    ["(a = 1 or b = 2) and c = 3", "(and (or a=1 b=2) c=3)"],
    ["not a = 1 and b = 2", "(and (not a=1) b=2)"],
    ["not (a = 1 and b = 2)", "(not (and a=1 b=2))"],
    ["NOT not a=1", "(not (not a=1))"],
    ["a=1 AND b=2 Or c=3", "(or (and a=1 b=2) c=3)"],
    ["a == 1", "a=1"],
    ["a!=1", "a!=1"],
    ["a<=-1.5e-3", "a<=-0.0015"],
    ["a > .5", "a>0.5"],
    ["a !~ x", 'a!~"x"'],
    ["name = and", 'name="and"'],
    ["and = 1", "and=1"],
    [`name = "two words"`, 'name="two words"'],
    [`name = 'it is'`, 'name="it is"'],
    [String.raw`name = "a \"quoted\" \\ text"`, String.raw`name="a \"quoted\" \\ text"`],
    [`"my metric" > 1`, "my metric>1"],
    [`name = "1"`, 'name="1"'],
    [`name = ""`, 'name=""'],
    ["created > 2026-11-26T17:00Z", 'created>"2026-11-26T17:00Z"'],
    ["system/cpu_percent > 50", "system/cpu_percent>50"],
    ["model = 模型", 'model="模型"'],
  ])("%s", (text, expected) => {
    expect(shape(parseRunFilter(text))).toBe(expected);
  });

  it.each([
    ["a", "Expected one of = != < <= > >= ~ !~. Received: the end of the filter.", 1],
    ["a =", "Expected a value. Received: the end of the filter.", 3],
    ["= 1", "Expected the name of a field. Received: = at character 1.", 0],
    ["a = 1 b = 2", "Expected `and`, `or` or the end. Received: b at character 7.", 6],
    ["a = 1 and", "Expected the name of a field. Received: the end of the filter.", 9],
    ["(a = 1", "Expected a closing parenthesis. Received: the end of the filter.", 6],
    ["a = 1)", "Expected `and`, `or` or the end. Received: ) at character 6.", 5],
    ["a = (1)", "Expected a value. Received: ( at character 5.", 4],
    ["5 = a", "Expected the name of a field. Received: 5 at character 1.", 0],
    ["  a = 'open", "Is a quotation mark not closed?", 6],
    ["a ! 1", "at character 3", 2],
  ])("%s: says what it expected, and where", (text, message, position) => {
    const error = catchError(() => parseRunFilter(text));
    expect(error).toBeInstanceOf(RunFilterError);
    expect((error as RunFilterError).message).toContain(message);
    expect((error as RunFilterError).position).toBe(position);
  });

  it("refuses what is nested without end", () => {
    const deep = 2000;
    for (const text of [`${"(".repeat(deep)}a = 1${")".repeat(deep)}`, `${"not ".repeat(deep)}a = 1`]) {
      expect(() => parseRunFilter(text)).toThrow(/Expected at most 100 parentheses/);
    }
    expect(parseRunFilter(`${"(".repeat(100)}a = 1${")".repeat(100)}`)).not.toBeNull();
  });

  it("throws nothing but its own error, whatever is typed", () => {
    const token = fc.constantFrom(
      "a",
      "1",
      "=",
      "!=",
      "(",
      ")",
      "and",
      "or",
      "not",
      "'",
      '"',
      "\\",
      " ",
      "~",
      "\0",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(token).map((tokens) => tokens.join(" ")),
        ),
        (text) => {
          const error = catchError(() => parseRunFilter(text));
          if (error !== null) {
            expect(error).toBeInstanceOf(RunFilterError);
            expect((error as RunFilterError).position).toBeGreaterThanOrEqual(0);
            expect((error as RunFilterError).position).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("a filter over runs", () => {
  let test: TestDatabase;

  const add = async (
    run: MadeRun,
    logs: Record<string, number> = {},
    status: Parameters<typeof ended>[0] = "completed",
  ) =>
    ingestEvents(
      test.database,
      eventsOf(run, [started(run), epochEnded(1, { loss: 1, ...logs }), ended(status)]),
    );

  beforeAll(async () => {
    test = await createTestDatabase();
    const layers = { model: { name: "resnet9" as const } };
    await add(
      { runId: "good", config: { ...layers, name: "Näme (1)" }, startedAt: Date.UTC(2026, 10, 25, 12) },
      { val_accuracy: 0.95, val_loss: 0.2 },
    );
    await add(
      { runId: "bad", config: { optimizer: { name: "adamw" } }, startedAt: Date.UTC(2026, 10, 26, 12) },
      { val_accuracy: 0.5, val_loss: NaN },
      "failed",
    );
    await add({ runId: "plain", config: { name: "007", epochs: 30 }, startedAt: Date.UTC(2026, 10, 27, 12) });
    await add(
      { runId: "odd", config: { name: String.raw`C:\runs "a" 100%`, seed: 7 } },
      { val_accuracy: 0.9, val_loss: Infinity },
    );
    await tagRuns(test.database, { ids: ["good", "bad"], add: ["baseline"], remove: [] });
    await tagRuns(test.database, { ids: ["good"], add: ["best one"], remove: [] });
  });
  afterAll(() => test.database.close());

  const find = async (filter: string) => {
    const { runs, total } = await listRuns(test.database, { filter });
    expect(total).toBe(runs.length);
    return runs.map(({ id }) => id).sort();
  };

  it.each([
    ["val_accuracy > 0.9", ["good"]],
    ["val_accuracy >= 0.9", ["good", "odd"]],
    ["val_accuracy > 0.4 and model = resnet9", ["good"]],
    ["val_accuracy < 2", ["bad", "good", "odd"]],
    // A run that lacks the value satisfies no comparison but !=.
    ["val_accuracy != 0.5", ["good", "odd", "plain"]],
    ["not val_accuracy > 0.9", ["bad", "odd", "plain"]],
    ["not (val_accuracy > 0.9 or status = failed)", ["odd", "plain"]],
    ["not not val_accuracy > 0.9", ["good"]],
    // NaN is no number: the best of nothing but NaN is missing, and the last one is NaN.
    ["val_loss > 0", ["good", "odd"]],
    ["last.val_loss > 0", ["good", "odd"]],
    ["last.val_loss < 0", []],
    ["last.val_loss = NaN", ["bad"]],
    ["last.val_loss != nan", ["good", "odd", "plain"]],
    ["last.val_loss = Infinity", ["odd"]],
    ["last.val_loss > -Infinity", ["good", "odd"]],
  ])("%s (metrics)", async (filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  it.each([
    ["status = failed", ["bad"]],
    ["status != failed", ["good", "odd", "plain"]],
    ["experiment = default and step = 5", ["bad", "good", "odd", "plain"]],
    ["name = 007", ["plain"]],
    ["name = 7", []],
    ["name ~ 7", ["plain"]],
    [`name = "007"`, ["plain"]],
    ["name ~ NÄME", ["good"]],
    ["name ~ '(1)'", ["good"]],
    ["name !~ '(1)'", ["bad", "odd", "plain"]],
    // The wildcards of ILIKE and the escapes of a text are texts themselves.
    ["name ~ '100%'", ["odd"]],
    ["name ~ '%'", ["odd"]],
    ["name ~ '_'", []],
    [String.raw`name ~ "C:\\runs"`, ["odd"]],
    [String.raw`name = "C:\\runs \"a\" 100%"`, ["odd"]],
    ["created > 2026-11-26", ["bad", "odd", "plain"]],
    ["created < 2026-11-26T12:00Z", ["good"]],
    ["created >= 2026-11-27T13:00+01:00", ["plain"]],
    ["created > 2027", []],
    ["created > 2026-11", ["bad", "good", "odd", "plain"]],
    ["duration = 2", ["bad", "good", "odd", "plain"]],
    ["duration > 2", []],
    ["parameters = 1234 and flops > 5e3", ["bad", "good", "odd", "plain"]],
  ])("%s (columns)", async (filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  it.each([
    ["tag = baseline", ["bad", "good"]],
    ["tag != baseline", ["odd", "plain"]],
    ["tag = baseline and tag = 'best one'", ["good"]],
    ["tag = base", []],
    ["tag ~ BASE", ["bad", "good"]],
    ["tag !~ base", ["odd", "plain"]],
    ["not tag = baseline", ["odd", "plain"]],
  ])("%s (tags)", async (filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  it.each([
    ["optimizer.name = adamw", ["bad"]],
    ["optimizer.name != adamw", ["good", "odd", "plain"]],
    ["optimizer.name ~ SG", ["good", "odd", "plain"]],
    ["epochs = 30", ["plain"]],
    ["param.epochs < 30", ["bad", "good", "odd"]],
    ["seed = 7", ["odd"]],
    ["seed ~ 7", ["odd"]],
    // `name` is a column; as a param it is what the config says, which two runs do not.
    ["param.name = 007", ["plain"]],
    [String.raw`param.name = "C:\\runs \"a\" 100%"`, ["odd"]],
    ["param.name != 007", ["bad", "good", "odd"]],
  ])("%s (params)", async (filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  it("compares a param that is a number in some runs and a text in others as what the value is", async () => {
    await connectionsOf(test.database).pool.query(
      `INSERT INTO param (run_id, key, value, number) VALUES
         ('good', 'size', '32', 32), ('bad', 'size', '"auto"', NULL), ('odd', 'size', '224', 224)`,
    );
    expect(await find("size = 32")).toEqual(["good"]);
    expect(await find("size > 100")).toEqual(["odd"]);
    expect(await find("size = auto")).toEqual(["bad"]);
    expect(await find("size = '32'")).toEqual(["good"]);
    expect(await find("size ~ 2")).toEqual(["good", "odd"]);
    expect(await find("size != auto")).toEqual(["good", "odd", "plain"]);
  });

  it.each([
    ["val_acuracy > 1", "Near it: val_accuracy", 0],
    ["status = failed and nonsense = 1", "Received: nonsense.", 20],
    ["val_accuracy > high", "Expected a number to compare val_accuracy with. Received: high.", 0],
    ["val_accuracy ~ 9", "Expected = != < <= > or >= after val_accuracy. Received: ~.", 0],
    ["created ~ 2026", "Expected = != < <= > or >= after created. Received: ~.", 0],
    ["created > yesterday", "Expected a time such as 2026-11-26", 0],
    ["created > 5", "Expected a time such as 2026-11-26", 0],
    ["created > 2026-13-45", "Expected a time such as 2026-11-26", 0],
    ["tag > 5", "Expected = != ~ or !~ after tag. Received: >.", 0],
  ])("%s: is refused", async (filter, message, position) => {
    const error = await find(filter).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RunFilterError);
    expect((error as RunFilterError).message).toContain(message);
    expect((error as RunFilterError).position).toBe(position);
  });

  it.each([
    `name = "'; DROP TABLE run; --"`,
    `name = '" OR 1=1 --'`,
    `name = "$1"`,
    `name = "\0"`,
    `name ~ "\0%"`,
    `name = "\ud800"`,
    `status = "completed' OR '1'='1"`,
    `tag = "x') OR true --"`,
    `epochs = 1e999`,
    `step = 99999999999999999999`,
  ])("%s finds nothing and breaks nothing", async (filter) => {
    expect(await find(filter)).toEqual([]);
    expect(await find("")).toHaveLength(4);
  });

  it("asks PostgreSQL for nothing it does not understand, whatever is typed", async () => {
    const field = fc.constantFrom(
      "name",
      "status",
      "created",
      "tag",
      "val_loss",
      "last.val_loss",
      "epochs",
      "param.name",
    );
    const operator = fc.constantFrom("=", "!=", "<", "<=", ">", ">=", "~", "!~");
    const value = fc.oneof(
      fc.string().map((text) => JSON.stringify(text)),
      fc.double().map(String),
      fc.constantFrom("2026-11-26", "NaN", "true", "null"),
    );
    const comparison = fc.tuple(field, operator, value).map((parts) => parts.join(" "));
    const filter = fc
      .array(comparison, { minLength: 1, maxLength: 4 })
      .map((terms) => terms.map((term, index) => (index % 2 ? `not ${term}` : `(${term})`)).join(" and "));
    await fc.assert(
      fc.asyncProperty(filter, async (text) => {
        const error = await find(text).then(
          () => null,
          (caught: unknown) => caught,
        );
        if (error !== null) expect(error).toBeInstanceOf(RunFilterError);
      }),
      { numRuns: 150 },
    );
  });
});

function catchError(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}
