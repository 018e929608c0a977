/** A trial as the command that trains it again, by itself. */
import { formatAssignment } from "../config/assignment.js";
import type { PartialConfig } from "../config/merge-config.js";
import type { TrialParameters } from "./draw-trials.js";
import { baseOf, type Sweep } from "./sweep-plan.js";

/** What labels a run, or is of the sweep alone. */
const LEFT_OUT = ["formatVersion", "sweep"];

/** @param epochs that successive halving has given it. */
export function trainCommand(sweep: Sweep, parameters: TrialParameters, epochs: number | undefined): string {
  const { spec, assignments } = sweep;
  const { data, ...base } = baseOf(sweep);
  const { source, ...restOfData } = isObject(data) ? data : {};
  const settings = [
    ...Object.entries(restOfData).map(([key, value]) => [`data.${key}`, value] as const),
    ...Object.entries(base).filter(([key]) => !LEFT_OUT.includes(key)),
    ...assignments.flatMap(pathsOf),
    ...Object.entries(parameters),
    ...(epochs === undefined ? [] : [["epochs", epochs] as const]),
  ];
  return [
    "convkit train",
    ...(typeof source === "string" ? [shellWord(source)] : []),
    ...(spec.recipe === undefined ? [] : ["--recipe", shellWord(spec.recipe)]),
    ...withoutOverruled(settings).flatMap(([path, value]) => [
      "--set",
      shellWord(formatAssignment(path, value)),
    ]),
  ].join(" ");
}

/** What is set again later need not be said; what lies in it or around it must, and in the same order. */
function withoutOverruled(settings: readonly (readonly [string, unknown])[]): (readonly [string, unknown])[] {
  return settings.filter(([path, value], index) => {
    const isPlain = typeof value !== "object" || value === null;
    return !isPlain || settings.findLastIndex(([other]) => other === path) === index;
  });
}

/** `{ optimizer: { momentum: 0.9 } }` of one `--set` → its path and value. */
export function pathsOf(assignment: PartialConfig): (readonly [string, unknown])[] {
  return Object.entries(assignment).flatMap(([key, value]) =>
    isObject(value) && !isVariant(value) && Object.keys(value).length > 0
      ? pathsOf(value).map(([path, inner]) => [`${key}.${path}`, inner] as const)
      : [[key, value] as const],
  );
}

/** Set whole: half of another one would be none. */
function isVariant(value: PartialConfig): boolean {
  return ["name", "layers", "module", "classifier"].some((key) => key in value);
}

function isObject(value: unknown): value is PartialConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Quoted for a POSIX shell where it must be. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
