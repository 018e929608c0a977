/**
 * A config as the command that trains it: flags where there are some, `--set` for the rest. Nothing is left out for
 * being usual, as a data set's recipe would say otherwise; but for the sweep, of which it would be no trial.
 */
import type { RunDetail } from "../../trpc/context";

type Config = RunDetail["config"];

const SAID_BY_FLAGS = [
  "name",
  "experiment",
  "tags",
  "seed",
  "engine",
  "precision",
  "model",
  "learningRate",
  "epochs",
  "batchSize",
  "sweep",
];

export function commandOf(config: Config): string {
  const flag = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${name}`, shellWord(String(value))];
  const { model, data } = config;
  const named = "name" in model ? model.name : "module" in model ? model.module : undefined;
  const options = "options" in model && Object.keys(model.options).length > 0 ? model.options : undefined;
  const pretrained = "name" in model ? model.pretrained : undefined;
  const restOfData = { ...data, source: undefined, contentHash: undefined, annotationsHash: undefined };
  const rest: Record<string, unknown> = { ...config, data: restOfData };
  const settings = Object.entries(rest)
    .filter(([key]) => !SAID_BY_FLAGS.includes(key))
    .flatMap(([key, value]) => assignments(key, value));
  return [
    "convkit train",
    shellWord(data.source),
    ...flag("model", named),
    ...flag("epochs", config.epochs),
    ...flag("batch-size", config.batchSize),
    ...flag("lr", config.learningRate),
    ...flag("seed", config.seed),
    ...flag("engine", config.engine),
    ...flag("precision", config.precision),
    ...flag("name", config.name),
    ...flag("experiment", config.experiment),
    ...config.tags
      .filter((tag) => config.sweep === undefined || !tag.startsWith("sweep:"))
      .flatMap((tag) => flag("tag", tag)),
    ...(named === undefined ? ["--set", shellWord(`model=${JSON.stringify(model)}`)] : []),
    ...(options ? ["--set", shellWord(`model.options=${JSON.stringify(options)}`)] : []),
    ...(pretrained === undefined
      ? []
      : ["--set", shellWord(`model.pretrained=${JSON.stringify(pretrained)}`)]),
    ...settings.flatMap((assignment) => ["--set", shellWord(assignment)]),
  ].join(" ");
}

/** Objects with a name are set whole: half of another optimizer would be none. */
function assignments(path: string, value: unknown): string[] {
  if (value === undefined) return [];
  const isBranch = typeof value === "object" && value !== null && !Array.isArray(value) && !("name" in value);
  if (!isBranch) return [`${path}=${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, item]) => assignments(`${path}.${key}`, item));
}

/** Quoted for a POSIX shell where it must be. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
