/**
 * The filter of the runs table: `val_accuracy > 0.9 and (model = resnet9 or tag = baseline) and not status = failed`.
 * `or` binds weaker than `and`, `and` weaker than `not`. Values are numbers, words or "quoted texts"; a time is an ISO
 * date. `~` finds a text inside another, whatever the case. A run that lacks a value satisfies no comparison but `!=`.
 */
import { fieldOf, type KnownKeys, type RunField, type SqlParameters } from "./run-fields.js";

/** A filter that does not read as one; the message points to the place. */
export class RunFilterError extends Error {
  override readonly name = "RunFilterError";

  constructor(
    message: string,
    /** Offset in the filter's text. */
    readonly position: number,
  ) {
    super(message);
  }
}

type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~";

export type RunFilter =
  | { readonly type: "and" | "or"; readonly terms: readonly RunFilter[] }
  | { readonly type: "not"; readonly term: RunFilter }
  | {
      readonly type: "comparison";
      readonly field: string;
      readonly operator: Operator;
      readonly value: string | number;
      /** The value as it was written: the name of a run may be 007. */
      readonly text: string;
      readonly position: number;
    };

interface Token {
  readonly kind: "word" | "text" | "number" | "operator" | "(" | ")" | "end";
  readonly text: string;
  readonly position: number;
}

const DEEPEST = 100;

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<operator>!=|<=|>=|!~|==|[=<>~])|(?<paren>[()])|(?<word>[^\s()=<>~!"']+))/uy;

/** @throws {RunFilterError} */
export function parseRunFilter(text: string): RunFilter | null {
  const tokens = tokenize(text);
  if (tokens[0]!.kind === "end") return null;
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at]!;
  const deeper = <T>(token: Token, parse: () => T): T => {
    depth += 1;
    if (depth > DEEPEST) {
      const message = `Expected at most ${DEEPEST} parentheses and \`not\` in each other. Received: more of them.`;
      throw new RunFilterError(message, token.position);
    }
    const parsed = parse();
    depth -= 1;
    return parsed;
  };
  const isWord = (word: string) => peek().kind === "word" && peek().text.toLowerCase() === word;

  const parseChain = (type: "and" | "or", parseTerm: () => RunFilter): RunFilter => {
    const terms = [parseTerm()];
    while (isWord(type)) {
      at += 1;
      terms.push(parseTerm());
    }
    return terms.length === 1 ? terms[0]! : { type, terms };
  };
  const parseOr = (): RunFilter => parseChain("or", () => parseChain("and", parseNot));
  const parseNot = (): RunFilter => {
    const token = peek();
    if (!isWord("not")) return parseOperand();
    at += 1;
    return { type: "not", term: deeper(token, parseNot) };
  };
  const parseOperand = (): RunFilter => {
    const token = peek();
    if (token.kind !== "(") return parseComparison();
    at += 1;
    const inside = deeper(token, parseOr);
    if (peek().kind !== ")") throw unexpected("a closing parenthesis", peek());
    at += 1;
    return inside;
  };
  const parseComparison = (): RunFilter => {
    const field = peek();
    if (field.kind !== "word" && field.kind !== "text") throw unexpected("the name of a field", field);
    at += 1;
    const operator = peek();
    if (operator.kind !== "operator") throw unexpected("one of = != < <= > >= ~ !~", operator);
    at += 1;
    const value = peek();
    if (!["word", "text", "number"].includes(value.kind)) throw unexpected("a value", value);
    at += 1;
    return {
      type: "comparison",
      field: field.text,
      operator: operator.text === "==" ? "=" : (operator.text as Operator),
      value: value.kind === "number" ? Number(value.text) : value.text,
      text: value.text,
      position: field.position,
    };
  };

  const filter = parseOr();
  if (peek().kind !== "end") throw unexpected("`and`, `or` or the end", peek());
  return filter;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const position = start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
      throw new RunFilterError(
        `Expected a filter such as val_accuracy > 0.9 and model = resnet9. Received: ${text.slice(position)} ` +
          `at character ${position + 1}. Is a quotation mark not closed?`,
        position,
      );
    }
    const { text: quoted, operator, paren, word } = match.groups!;
    const found = quoted ?? operator ?? paren ?? word!;
    const position = match.index + match[0].length - found.length;
    if (quoted !== undefined) tokens.push({ kind: "text", text: unquote(quoted), position });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator, position });
    else if (paren !== undefined) tokens.push({ kind: paren as "(" | ")", text: paren, position });
    else tokens.push({ kind: isNumber(found) ? "number" : "word", text: found, position });
  }
  return [...tokens, { kind: "end", text: "", position: text.length }];
}

const isNumber = (text: string) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

const unquote = (text: string) => text.slice(1, -1).replaceAll(/\\(.)/gu, "$1");

function unexpected(expected: string, { kind, text, position }: Token): RunFilterError {
  const received = kind === "end" ? "the end of the filter" : `${text} at character ${position + 1}`;
  return new RunFilterError(`Expected ${expected}. Received: ${received}.`, position);
}

/**
 * A condition over `run`.
 * @throws {RunFilterError} naming a field that no run has, or a value of another kind.
 */
export function compileRunFilter(filter: RunFilter, known: KnownKeys, parameters: SqlParameters): string {
  switch (filter.type) {
    case "and":
    case "or": {
      const terms = filter.terms.map((term) => compileRunFilter(term, known, parameters));
      return `(${terms.join(filter.type === "and" ? " AND " : " OR ")})`;
    }
    case "not":
      return `(NOT ${compileRunFilter(filter.term, known, parameters)})`;
    case "comparison":
      return compileComparison(filter, known, parameters);
    default:
      return filter satisfies never;
  }
}

type Comparison = Extract<RunFilter, { type: "comparison" }>;

const SQL_OPERATORS: Record<Operator, string> = {
  "=": "=",
  "!=": "IS DISTINCT FROM",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "~": "ILIKE",
  "!~": "NOT ILIKE",
};

function compileComparison(comparison: Comparison, known: KnownKeys, parameters: SqlParameters): string {
  const { operator, value, position } = comparison;
  let field: RunField;
  try {
    field = fieldOf(comparison.field, known);
  } catch (error) {
    throw new RunFilterError((error as Error).message, position);
  }
  if (field.name === "tag") return compileTag(comparison, parameters);
  const isPattern = operator === "~" || operator === "!~";
  const asText = field.kind === "text" ? field.sql : field.asText;
  const isNumber =
    field.kind !== "text" && (asText === undefined || (typeof value === "number" && !isPattern));
  if (isPattern && isNumber) {
    throw new RunFilterError(
      `Expected = != < <= > or >= after ${comparison.field}. Received: ${operator}.`,
      position,
    );
  }
  if (asText === undefined || isNumber) {
    const number = field.kind === "time" ? secondsOf(comparison) : numberOf(comparison);
    const sql = field.sql(parameters);
    // To PostgreSQL NaN is greater than every number; to whoever asks it is none.
    const ordered = operator.startsWith("<") || operator.startsWith(">") ? `nullif(${sql}, 'NaN')` : sql;
    return orFalse(`${ordered} ${SQL_OPERATORS[operator]} ${parameters.add(number)}::float8`);
  }
  const sql = asText(parameters);
  const text = isPattern ? patternOf(comparison.text) : comparison.text;
  return orFalse(`${sql} ${SQL_OPERATORS[operator]} ${parameters.add(text)}::text`);
}

/** SQL's unknown is a no: without it `not` would lose the runs that lack a value. */
const orFalse = (condition: string) => `coalesce(${condition}, false)`;

/** Of ILIKE: the text anywhere, its own wildcards escaped. */
export const patternOf = (text: string) => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

/** A run has many: `=` asks whether one is so, `!=` whether none is. */
function compileTag({ operator, text: name, position }: Comparison, parameters: SqlParameters): string {
  const isPattern = operator === "~" || operator === "!~";
  if (!isPattern && operator !== "=" && operator !== "!=") {
    throw new RunFilterError(`Expected = != ~ or !~ after tag. Received: ${operator}.`, position);
  }
  const text = isPattern ? patternOf(name) : name;
  const condition = isPattern ? "ILIKE" : "=";
  const exists = `EXISTS (SELECT FROM tag WHERE run_id = run.id AND name ${condition} ${parameters.add(text)}::text)`;
  return operator.startsWith("!") ? `(NOT ${exists})` : exists;
}

function numberOf({ field, value, position }: Comparison): number {
  if (typeof value === "number") return value;
  if (/^(nan|-?infinity)$/i.test(value))
    return value.toLowerCase() === "nan" ? NaN : value.startsWith("-") ? -Infinity : Infinity;
  throw new RunFilterError(`Expected a number to compare ${field} with. Received: ${value}.`, position);
}

/** ISO 8601: what else a Date reads depends on who made it. */
const TIME = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/i;

function secondsOf({ field, text: value, position }: Comparison): number {
  const milliseconds = TIME.test(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  throw new RunFilterError(
    `Expected a time such as 2026-11-26 or 2026-11-26T17:00Z to compare ${field} with. Received: ${value}.`,
    position,
  );
}
