/** What can be typed next in a filter such as `val_accuracy > 0.9 and model = resnet9`, from the text up to the caret. */
import type { RunFields } from "../../trpc/context";

export interface Completion {
  /** As it is inserted. */
  readonly text: string;
  readonly detail: string;
}

export interface Completions {
  /** Stretch of the text that a completion replaces. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

const COLUMNS: Readonly<Record<string, string>> = {
  status: "how the run stands",
  model: "name of the network",
  dataset: "name of the data set",
  tag: "one of the run's tags",
  experiment: "experiment it belongs to",
  name: "name of the run",
  id: "id of the run",
  created: "a date such as 2026-11-26",
  started: "a date",
  ended: "a date",
  duration: "seconds",
  epoch: "epochs done",
  step: "steps done",
  attempt: "1, more where it was resumed",
  engine: "what computed",
  device: "where it computed",
  parameters: "of the network",
  flops: "of the network, for a picture",
  dataset_hash: "content hash of the data set",
};
const STATUSES = ["running", "completed", "stopped", "interrupted", "failed", "queued", "lost"];
const NUMBERS = new Set([
  "created",
  "started",
  "ended",
  "duration",
  "epoch",
  "step",
  "attempt",
  "parameters",
  "flops",
]);
const COMPARISONS: readonly Completion[] = [
  { text: "=", detail: "is" },
  { text: "!=", detail: "is not" },
  { text: ">", detail: "more than" },
  { text: ">=", detail: "at least" },
  { text: "<", detail: "less than" },
  { text: "<=", detail: "at most" },
  { text: "~", detail: "contains" },
  { text: "!~", detail: "does not contain" },
];
const MOST = 60;

type State =
  | { want: "field" }
  | { want: "operator"; field: string }
  | { want: "value"; field: string }
  | { want: "join" };

/** @param values names that occur in the runs at hand, by column. */
export function completeFilter(
  text: string,
  caret: number,
  {
    fields,
    values = {},
  }: { fields: RunFields | undefined; values?: Readonly<Record<string, readonly string[]>> },
): Completions {
  const before = text.slice(0, caret);
  const { state, from, word } = scan(before);
  const to = caret + (/^[^\s()=<>~!"']*/.exec(text.slice(caret))?.[0].length ?? 0);
  const wanted = word.replace(/^["']/, "").toLowerCase();
  const items = candidates(state, fields, values);
  // A param may be called as a column is; the column wins, here as on the server.
  const distinct = [...new Map(items.toReversed().map((item) => [item.text, item])).values()].reverse();
  const ranked = distinct
    .map((item) => ({ item, rank: rankOf(item.text.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank);
  return { from, to, items: ranked.slice(0, MOST).map(({ item }) => item) };
}

function rankOf(text: string, wanted: string): number {
  if (wanted === "") return 0;
  const at = text.replace(/^"/, "").indexOf(wanted);
  return at < 0 ? -1 : at === 0 ? 0 : 1;
}

function scan(before: string): { state: State; from: number; word: string } {
  let state: State = { want: "field" };
  const token =
    /\s*(?:("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(!=|<=|>=|!~|==|[=<>~!])|([()])|([^\s()=<>~!"']+))/uy;
  for (;;) {
    const start = token.lastIndex;
    const match = token.exec(before);
    if (!match) return { state, from: before.length, word: "" };
    const [whole, quoted, operator, paren, word] = match;
    const found = quoted ?? operator ?? paren ?? word ?? "";
    const position = start + whole.length - found.length;
    const isLast = token.lastIndex === before.length;
    const isOpen = isLast && (word !== undefined || (quoted !== undefined && !isClosed(quoted)));
    if (isOpen) return { state, from: position, word: found };
    state = next(state, { found, isOperator: operator !== undefined, isParen: paren !== undefined });
  }
}

const isClosed = (quoted: string) => quoted.length > 1 && quoted.endsWith(quoted[0] ?? "");

function next(state: State, token: { found: string; isOperator: boolean; isParen: boolean }): State {
  if (token.isParen) return { want: token.found === "(" ? "field" : "join" };
  switch (state.want) {
    case "field":
      return token.found.toLowerCase() === "not"
        ? state
        : { want: "operator", field: token.found.replace(/^["']|["']$/g, "") };
    case "operator":
      return token.isOperator ? { want: "value", field: state.field } : state;
    case "value":
      return { want: "join" };
    case "join":
      return { want: "field" };
    default:
      return state satisfies never;
  }
}

function candidates(
  state: State,
  fields: RunFields | undefined,
  values: Readonly<Record<string, readonly string[]>>,
): readonly Completion[] {
  switch (state.want) {
    case "join":
      return ["and", "or"].map((text) => ({
        text,
        detail: text === "and" ? "both hold" : "one of them holds",
      }));
    case "operator":
      return isNumeric(state.field, fields)
        ? COMPARISONS.slice(0, 6)
        : COMPARISONS.filter(({ text }) => !/[<>]/.test(text));
    case "value":
      return valuesOf(state.field, fields, values);
    case "field":
      return [
        ...Object.entries(COLUMNS).map(([text, detail]) => ({ text, detail })),
        ...(fields?.metrics ?? []).flatMap(({ key, runs }) => [
          { text: quoteIfNeeded(key), detail: `best value, ${runs} runs` },
          { text: quoteIfNeeded(`last.${key}`), detail: "last value" },
        ]),
        ...(fields?.params ?? [])
          .toSorted((a, b) => Number(b.varies) - Number(a.varies))
          .map(({ key, varies }) => ({
            text: quoteIfNeeded(key),
            detail: varies ? "param" : "param, the same everywhere",
          })),
        { text: "not", detail: "does not hold" },
      ];
    default:
      return state satisfies never;
  }
}

function isNumeric(field: string, fields: RunFields | undefined): boolean {
  const bare = field.replace(/^(best|last|min|max)\./, "");
  return NUMBERS.has(field) || (fields?.metrics.some(({ key }) => key === bare) ?? false);
}

function valuesOf(
  field: string,
  fields: RunFields | undefined,
  values: Readonly<Record<string, readonly string[]>>,
): readonly Completion[] {
  const named = (names: readonly string[], detail = "") =>
    names.map((name) => ({ text: quoteIfNeeded(name), detail }));
  if (field === "status") return named(STATUSES);
  if (field === "tag") return (fields?.tags ?? []).flatMap(({ name, runs }) => named([name], `${runs} runs`));
  if (field === "experiment") {
    return (fields?.experiments ?? []).flatMap(({ name, runs }) => named([name], `${runs} runs`));
  }
  return named([...(values[field] ?? [])].sort());
}

/** A name that is no single word of the language is quoted. */
export function quoteIfNeeded(name: string): string {
  const isWord = /^[^\s()=<>~!"']+$/.test(name) && !/^(and|or|not)$/i.test(name);
  return isWord ? name : `"${name.replaceAll(/["\\]/g, "\\$&")}"`;
}
