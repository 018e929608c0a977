/** `convkit runs …`: the record at the command line, for scripts and for machines without a browser. */
import { InvalidArgumentError, type Command } from "commander";
import type {
  DiffOptions,
  ExportOptions,
  ListOptions,
  QueryOptions,
  Record,
  runActions,
} from "./run-actions.js";

/** More would not fit into memory. */
const MOST_LINES = 100_000_000;

type RunActions = typeof runActions;

/** What commands do loads all that asks the database; a dashboard that starts has no use for it yet. */
async function act(work: (actions: RunActions, record: Record) => Promise<unknown>): Promise<void> {
  const { runActions: actions } = await import("./run-actions.js");
  await actions.withRecord((record) => work(actions, record));
}

export function addRunsCommands(program: Command): void {
  const runs = program.command("runs").description("the runs of the record, at the command line");

  runs
    .command("list")
    .description("lists runs, newest first")
    .option("--filter <filter>", "such as 'val_accuracy > 0.9 and model = resnet9'")
    .option("--sort <field>", "column, metric or param; -field for the highest first", "-created")
    .option("--metrics <keys>", "columns, comma-separated", "val_accuracy,test_accuracy")
    .option("--limit <n>", "at most so many", parseLimit, 50)
    .option("--json", "one JSON object a line", false)
    .action((options: ListOptions) => act((actions, record) => actions.list(record, options)));

  runs
    .command("show")
    .description("shows one run")
    .argument("<run>", "id, beginning of an id, name, or latest")
    .option("--json", "all of it as JSON", false)
    .action((run: string, options: { json: boolean }) =>
      act((actions, record) => actions.show(record, run, options)),
    );

  runs
    .command("diff")
    .description("shows in which params runs differ, and what they reached")
    .argument("<runs...>", "two or more")
    .option("--all", "equal params too", false)
    .option("--json", "as JSON", false)
    .action((names: string[], options: DiffOptions) =>
      act((actions, record) => actions.diff(record, names, options)),
    );

  runs
    .command("tag")
    .description("adds and removes tags")
    .argument("<runs...>")
    .option("--add <tag...>", "tags to add", [])
    .option("--remove <tag...>", "tags to remove", [])
    .action((names: string[], tags: { add: string[]; remove: string[] }) =>
      act((actions, record) => actions.tag(record, names, tags)),
    );

  runs
    .command("archive")
    .description("takes runs out of sight, and with --undo back")
    .argument("<runs...>")
    .option("--undo", "back from the archive", false)
    .action((names: string[], { undo }: { undo: boolean }) =>
      act((actions, record) => actions.archive(record, names, !undo)),
    );

  runs
    .command("delete")
    .description("deletes runs for good, folders and files included")
    .argument("<runs...>")
    .option("--yes", "do not ask", false)
    .action((names: string[], { yes }: { yes: boolean }) =>
      act((actions, record) => actions.remove(record, names, yes)),
    );

  runs
    .command("export")
    .description("writes runs with all params and metrics, or the points of curves")
    .option("--filter <filter>", "only these")
    .option("--format <format>", "csv or jsonl", "csv")
    .option("--curves <keys>", "the points of these curves instead, comma-separated")
    .option("--output <file>", "default: standard output")
    .action((options: ExportOptions) => act((actions, record) => actions.writeExport(record, options)));

  runs
    .command("query")
    .description(
      "runs one SQL statement that reads, over the tables and the views point and predicted_picture",
    )
    .argument("<sql>")
    .option(
      "--limit <n>",
      "at most so many rows; that there are more is said on standard error",
      parseLimit,
      1000,
    )
    .option("--json", "one JSON object a line", false)
    .action((sql: string, options: QueryOptions) =>
      act((actions, record) => actions.query(record, sql, options)),
    );
}

/** @throws {InvalidArgumentError} if the text is no number of lines. */
function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= MOST_LINES) return limit;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_LINES.toLocaleString("en-US")}.`);
}
