/**
 * What `convkit runs …` does. Each command first takes in what this machine's journals say; a dashboard that runs
 * meanwhile does no harm.
 */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { stringifyWithSpelledNumbers } from "@convkit/schema";
import {
  archiveRuns,
  compareRuns,
  createDiskBlobStore,
  deleteRuns,
  findRunId,
  getRun,
  listRuns,
  openDatabase,
  queryReadOnly,
  readJournals,
  tagRuns,
  type BlobStore,
  type Database,
  type RunRow,
} from "@convkit/db";
import { formatBytes } from "@convkit/ui";
import { convkitHome, databaseUrl } from "../env.js";
import { exportRuns, type ExportFormat } from "./export-runs.js";
import { formatCell, formatTable } from "./format-table.js";

export interface Record {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly home: string;
}

const PAGE = 200;

async function withRecord(work: (record: Record) => Promise<unknown>): Promise<void> {
  const home = convkitHome();
  const database = await openDatabase({ home, url: databaseUrl() });
  try {
    const blobs = createDiskBlobStore(join(home, "blobs"));
    await readJournals(database, {
      home,
      blobs,
      onProblem: ({ path, message }) => console.error(`${path}: ${message}`),
    });
    await work({ database, blobs, home });
  } finally {
    await database.close();
  }
}

export interface ListOptions {
  readonly filter?: string;
  readonly sort: string;
  readonly metrics: string;
  readonly limit: number;
  readonly json: boolean;
}

async function list({ database }: Record, options: ListOptions): Promise<void> {
  const metrics = options.metrics.split(",").filter(Boolean);
  const descending = options.sort.startsWith("-");
  const sort = { field: options.sort.replace(/^-/, ""), descending };
  const runs: RunRow[] = [];
  for (let cursor: string | undefined, left = options.limit; left > 0; left -= PAGE) {
    const limit = Math.min(left, PAGE);
    const page = await listRuns(database, { filter: options.filter, sort, metrics, limit, cursor });
    runs.push(...page.runs);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  if (options.json) return runs.forEach((run) => console.log(stringifyWithSpelledNumbers(run)));
  const row = (run: RunRow) => [
    run.id,
    run.name === run.id ? "" : run.name,
    run.status,
    run.model,
    run.dataset,
    ...metrics.map((key) => formatCell(run.metrics[key]?.best)),
    run.tags.join(" "),
  ];
  const heads = ["run", "name", "status", "model", "data", ...metrics, "tags"];
  for (const line of formatTable([heads, ...runs.map(row)])) console.log(line);
}

async function show({ database }: Record, name: string, { json }: { json: boolean }): Promise<void> {
  const run = await getRun(database, await findRunId(database, name));
  if (json) return console.log(stringifyWithSpelledNumbers(run, 2));
  const facts = [
    ["run", run.id],
    ["name", run.name],
    ["experiment", run.experiment],
    ["status", run.reason === "" ? run.status : `${run.status}: ${run.reason}`],
    ["model", `${run.model}, ${run.parameters?.toLocaleString("en-US") ?? "?"} parameters`],
    ["data", run.dataset],
    ["engine", [run.engine, run.device].filter(Boolean).join(", ")],
    ["steps", `${run.step} of ${run.totalSteps ?? "?"}`],
    ["tags", run.tags.join(" ")],
    ["folder", run.folder ?? "on another machine"],
  ];
  for (const line of formatTable(facts)) console.log(line);
  console.log();
  const metrics = Object.entries(run.metrics).map(([key, { best, bestStep, last, lastStep }]) => [
    key,
    formatCell(best),
    bestStep === null ? "" : String(bestStep),
    formatCell(last),
    String(lastStep),
  ]);
  for (const line of formatTable([["metric", "best", "at step", "last", "at step"], ...metrics]))
    console.log(line);
}

export interface DiffOptions {
  readonly all: boolean;
  readonly json: boolean;
}

async function diff({ database }: Record, names: string[], { all, json }: DiffOptions): Promise<void> {
  const ids = await idsOf(database, names);
  const { params, metrics } = await compareRuns(database, ids);
  const shown = params.filter(({ differs }) => all || differs);
  if (json) return console.log(stringifyWithSpelledNumbers({ runs: ids, params: shown, metrics }, 2));
  const rows = [
    ["", ...ids],
    ...shown.map(({ key, values }) => [key, ...values.map((value) => value ?? "–")]),
    ...metrics.map(({ key, cells }) => [key, ...cells.map((cell) => formatCell(cell?.best))]),
  ];
  for (const line of formatTable(rows)) console.log(line);
}

async function tag(
  { database }: Record,
  names: string[],
  tags: { add: string[]; remove: string[] },
): Promise<void> {
  await tagRuns(database, { ids: await idsOf(database, names), ...tags });
}

async function archive({ database }: Record, names: string[], archived: boolean): Promise<void> {
  await archiveRuns(database, await idsOf(database, names), archived);
}

async function remove({ database, blobs, home }: Record, names: string[], yes: boolean): Promise<void> {
  const ids = await idsOf(database, names);
  if (!yes && !(await confirm(`Delete ${ids.join(", ")} for good?`)))
    return console.log("Nothing was deleted.");
  const { runs, freedBytes } = await deleteRuns(database, ids, { blobs, home });
  console.log(`Deleted ${runs} ${runs === 1 ? "run" : "runs"}; ${formatBytes(freedBytes)} came back.`);
}

/** A script that is not asked must say --yes. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error(`Expected --yes where nobody can be asked: ${question}`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

export interface ExportOptions {
  readonly filter?: string;
  readonly format: string;
  readonly curves?: string;
  readonly output?: string;
}

async function writeExport({ database }: Record, options: ExportOptions): Promise<void> {
  const { format, output, filter } = options;
  if (format !== "csv" && format !== "jsonl") {
    throw new Error(`Expected --format csv or jsonl. Received: ${format}.`);
  }
  const curves = options.curves?.split(",").filter(Boolean);
  const target = output === undefined ? process.stdout : createWriteStream(output);
  const lines = exportRuns(database, { filter, format: format satisfies ExportFormat, curves });
  for await (const line of lines) {
    if (!target.write(`${line}\n`))
      await new Promise<void>((resolve) => target.once("drain", () => resolve()));
  }
  if (output !== undefined) await new Promise<void>((resolve) => target.end(() => resolve()));
}

export interface QueryOptions {
  readonly limit: number;
  readonly json: boolean;
}

async function query({ database }: Record, sql: string, { limit, json }: QueryOptions): Promise<void> {
  const { columns, rows, isCut } = await queryReadOnly(database, sql, { limit });
  if (isCut) {
    const first = limit === 1 ? "The first row" : `The first ${limit.toLocaleString("en-US")} rows`;
    console.error(`${first} of more: --limit ${limit * 10} would read further.`);
  }
  if (json) {
    for (const row of rows) {
      console.log(
        stringifyWithSpelledNumbers(Object.fromEntries(columns.map((name, index) => [name, row[index]]))),
      );
    }
    return;
  }
  const cells = rows.map((row) => row.map((value) => formatCell(value)));
  for (const line of formatTable([[...columns], ...cells])) console.log(line);
}

function idsOf(database: Database, names: readonly string[]): Promise<string[]> {
  return Promise.all(names.map((name) => findRunId(database, name)));
}

export const runActions = { withRecord, list, show, diff, tag, archive, remove, writeExport, query };
