/** Runs as lines of CSV or JSON for another program: a run a line with every param and metric, or a point a line. */
import { stringifyWithSpelledNumbers } from "@convkit/schema";
import { listFields, listRuns, readSeries, type Database, type RunRow } from "@convkit/db";

export type ExportFormat = "csv" | "jsonl";

export interface ExportQuery {
  readonly filter?: string | undefined;
  readonly format: ExportFormat;
  /** Keys of curves, whose points are written instead. */
  readonly curves?: readonly string[] | undefined;
}

const PAGE = 200;
const ALL_POINTS = Number.MAX_SAFE_INTEGER;

type Row = Readonly<Record<string, unknown>>;

export async function* exportRuns(database: Database, query: ExportQuery): AsyncGenerator<string> {
  const rows = query.curves ? pointRows(database, query, query.curves) : runRows(database, query);
  let heads: string[] | undefined;
  for await (const row of rows) {
    if (query.format === "jsonl") {
      yield stringifyWithSpelledNumbers(row);
      continue;
    }
    if (!heads) yield (heads = Object.keys(row)).map(csvCell).join(",");
    yield heads.map((head) => csvCell(row[head])).join(",");
  }
}

async function* runRows(database: Database, { filter }: ExportQuery): AsyncGenerator<Row> {
  const fields = await listFields(database);
  const metrics = fields.metrics.map(({ key }) => key);
  const params = fields.params.map(({ key }) => key);
  for await (const run of allRuns(database, filter, { metrics, params })) {
    const { metrics: cells, params: values, tags, ...facts } = run;
    yield {
      ...facts,
      tags: tags.join(" "),
      ...Object.fromEntries(params.map((key) => [`param.${key}`, values[key] ?? null])),
      ...Object.fromEntries(
        metrics.flatMap((key) => [
          [`best.${key}`, cells[key]?.best ?? null],
          [`last.${key}`, cells[key]?.last ?? null],
        ]),
      ),
    };
  }
}

async function* pointRows(
  database: Database,
  { filter }: ExportQuery,
  keys: readonly string[],
): AsyncGenerator<Row> {
  for await (const { id } of allRuns(database, filter, {})) {
    for (const { key, x, y } of await readSeries(database, { runIds: [id], keys, points: ALL_POINTS })) {
      for (const [index, step] of x.entries()) yield { run: id, key, step, value: y[index] };
    }
  }
}

async function* allRuns(
  database: Database,
  filter: string | undefined,
  columns: { metrics?: string[]; params?: string[] },
): AsyncGenerator<RunRow> {
  let cursor: string | undefined;
  do {
    const page = await listRuns(database, { filter, ...columns, limit: PAGE, cursor });
    yield* page.runs;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** RFC 4180; a text that a spreadsheet would take for a formula is told that it is none. */
function csvCell(value: unknown): string {
  const text = textOf(value);
  const harmless = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
