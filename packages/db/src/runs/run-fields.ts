/**
 * What a run can be filtered, sorted and grouped by: its own columns, its metrics (`val_accuracy`, which is the best
 * value; `last.val_accuracy`, `min.…`, `max.…`) and its params (`optimizer.momentum`). One place turns a name into SQL.
 */
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import { storableText } from "../ingest/storable-event.js";

export type FieldKind = "number" | "text" | "time";

export interface RunField {
  readonly name: string;
  readonly kind: FieldKind;
  /** Expression over `run` of type float8 (a time is in seconds since the epoch) or text. */
  readonly sql: (parameters: SqlParameters) => string;
  /** The same as text, where a number may be a text in some runs. */
  readonly asText?: (parameters: SqlParameters) => string;
  /** The same as jsonb, where runs may have values of several kinds. */
  readonly asJson?: (parameters: SqlParameters) => string;
}

/** A name that is no column of a run, and no metric or param of any. */
export class UnknownFieldError extends Error {
  override readonly name = "UnknownFieldError";
}

/** Collects the values of a statement: nothing that a user types becomes SQL. */
export class SqlParameters {
  readonly values: unknown[] = [];

  /** @returns the value's placeholder. */
  add(value: unknown): string {
    this.values.push(typeof value === "string" ? storableText(value) : value);
    return `$${this.values.length}`;
  }
}

const column = (name: string, kind: FieldKind, sql: string): [string, RunField] => [
  name,
  { name, kind, sql: () => sql },
];

const seconds = (expression: string) => `extract(epoch FROM ${expression})::float8`;

const COLUMNS: ReadonlyMap<string, RunField> = new Map([
  column("id", "text", "run.id"),
  column("name", "text", "run.name"),
  column("experiment", "text", "(SELECT name FROM experiment WHERE id = run.experiment_id)"),
  column("status", "text", "run.status::text"),
  column("model", "text", "run.model_name"),
  column("dataset", "text", "run.dataset_name"),
  column("dataset_hash", "text", "run.dataset_hash"),
  column("engine", "text", "run.engine"),
  column("device", "text", "run.device"),
  column("parameters", "number", "run.parameters::float8"),
  column("flops", "number", "run.flops"),
  column("attempt", "number", "run.attempt::float8"),
  column("step", "number", "run.step::float8"),
  column("epoch", "number", "run.epoch::float8"),
  column("created", "time", seconds("run.created_at")),
  column("started", "time", seconds("run.started_at")),
  column("ended", "time", seconds("run.ended_at")),
  column("duration", "number", seconds("(coalesce(run.ended_at, run.last_event_at) - run.started_at)")),
  column("tag", "text", "(SELECT string_agg(name, ',' ORDER BY name) FROM tag WHERE run_id = run.id)"),
]);

/** What a table shows of a curve. */
export const MetricStatistic = z.enum(["best", "last", "min", "max"]);
export type MetricStatistic = z.infer<typeof MetricStatistic>;

/** Whether a lower or a higher value of a metric is better, by its name. */
export function betterOf(key: string): "min" | "max" {
  return /(loss|error|seconds|perplexity|bytes|percent)\b|(^|_)(loss|error|ece|mce|brier)(_|$)/.test(key)
    ? "min"
    : "max";
}

/** All metrics and params that a field may name. */
export interface KnownKeys {
  readonly metrics: ReadonlySet<string>;
  /** Whether some run has a number there. */
  readonly params: ReadonlyMap<string, boolean>;
}

export async function readKnownKeys(database: Database): Promise<KnownKeys> {
  const { pool } = connectionsOf(database);
  const [metrics, params] = await Promise.all([
    pool.query<{ key: string }>(distinctKeys("metric")),
    pool.query<{ key: string; isNumber: boolean }>(distinctKeys("param", HAS_NUMBERS)),
  ]);
  return {
    metrics: new Set(metrics.rows.map(({ key }) => key)),
    params: new Map(params.rows.map(({ key, isNumber }) => [key, isNumber])),
  };
}

/**
 * Each key of a table's index once, by jumping from one to the next: PostgreSQL reads them all otherwise
 * (https://wiki.postgresql.org/wiki/Loose_indexscan).
 */
const distinctKeys = (table: "metric" | "param", alsoSelect = "") => `
  WITH RECURSIVE known AS (
    (SELECT key FROM ${table} ORDER BY key LIMIT 1)
    UNION ALL
    SELECT (SELECT key FROM ${table} WHERE key > known.key ORDER BY key LIMIT 1) FROM known WHERE known.key IS NOT NULL
  )
  SELECT key ${alsoSelect} FROM known WHERE key IS NOT NULL`;

const HAS_NUMBERS = `, EXISTS (SELECT FROM param WHERE key = known.key AND number IS NOT NULL) AS "isNumber"`;

/**
 * @param name a column, a metric (with `best.`, `last.`, `min.` or `max.` before it, or without), or a param (with
 *   `param.` before it, or without).
 * @throws {UnknownFieldError}
 */
export function fieldOf(name: string, known: KnownKeys): RunField {
  const found = COLUMNS.get(name);
  if (found) return found;
  const [prefix, rest] = splitPrefix(name);
  const statistic = MetricStatistic.safeParse(prefix);
  if (statistic.success && known.metrics.has(rest)) return metricField(rest, statistic.data);
  if (prefix === "param" && known.params.has(rest)) return paramField(rest, known);
  if (known.metrics.has(name)) return metricField(name, "best");
  if (known.params.has(name)) return paramField(name, known);
  const names = [...COLUMNS.keys(), ...known.metrics, ...known.params.keys()];
  const near = names.filter((other) => distance(other, name) <= 2 || other.includes(name)).slice(0, 5);
  throw new UnknownFieldError(
    `Expected a column, a metric or a param of some run. Received: ${name}. ` +
      (near.length > 0 ? `Near it: ${near.join(", ")}.` : `Columns: ${[...COLUMNS.keys()].join(", ")}.`),
  );
}

export function metricField(key: string, statistic: MetricStatistic): RunField {
  const source = statistic === "best" ? betterOf(key) : statistic;
  return {
    name: `${statistic}.${key}`,
    kind: "number",
    sql: (parameters) =>
      `(SELECT ${source} FROM metric WHERE run_id = run.id AND key = ${parameters.add(key)})`,
  };
}

/** A text is without its quotes. */
function paramField(key: string, known: KnownKeys): RunField {
  const select = (expression: string) => (parameters: SqlParameters) =>
    `(SELECT ${expression} FROM param WHERE run_id = run.id AND key = ${parameters.add(key)})`;
  const asText = select("value::jsonb #>> '{}'");
  const isNumber = known.params.get(key) ?? false;
  return isNumber
    ? { name: `param.${key}`, kind: "number", sql: select("number"), asText, asJson: select("value::jsonb") }
    : { name: `param.${key}`, kind: "text", sql: asText };
}

function splitPrefix(name: string): [prefix: string, rest: string] {
  const dot = name.indexOf(".");
  return dot < 0 ? ["", name] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
