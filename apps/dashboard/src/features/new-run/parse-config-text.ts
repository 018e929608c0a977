/** A config written as text: what it says, or in which line it stops being JSON. */
import type { JsonObject } from "./json-value";

export type ParsedText =
  | { readonly config: JsonObject; readonly error: null }
  | { readonly config: null; readonly error: { readonly line: number; readonly message: string } };

export function parseConfigText(text: string): ParsedText {
  const offset = errorOffset(text);
  if (offset !== null) {
    const before = text.slice(0, offset.at);
    return { config: null, error: { line: before.split("\n").length, message: offset.message } };
  }
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return { config: value as JsonObject, error: null };
  }
  return { config: null, error: { line: 1, message: "Expected an object, in braces." } };
}

interface Fault {
  readonly at: number;
  readonly message: string;
}

class Found extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** Engines say differently where JSON breaks, and some not at all. */
function errorOffset(text: string): Fault | null {
  let at = 0;
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0].length;
    at += found ?? 0;
    return found !== undefined;
  };
  const space = () => skip(SPACE);
  const fail = (expected: string): never => {
    const received =
      at < text.length ? `Received: ${text.slice(at, at + 12).split("\n")[0]}` : "The text ends here";
    throw new Found({ at, message: `Expected ${expected}. ${received}.` });
  };
  const list = (close: string, item: () => void) => {
    at += 1;
    space();
    if (text[at] === close) return void (at += 1);
    for (;;) {
      item();
      space();
      if (text[at] === close) return void (at += 1);
      if (text[at] !== ",") fail(`a comma or ${close}`);
      at += 1;
      space();
    }
  };
  const value = () => {
    space();
    if (text[at] === "{") {
      list("}", () => {
        if (!skip(STRING)) fail("a name in double quotes");
        space();
        if (text[at] !== ":") fail("a colon");
        at += 1;
        value();
      });
    } else if (text[at] === "[") list("]", value);
    else if (!skip(STRING) && !skip(NUMBER) && !skip(WORD)) fail("a value");
  };
  try {
    value();
    space();
    if (at < text.length) fail("nothing more");
    return null;
  } catch (error) {
    if (error instanceof Found) return error.fault;
    throw error;
  }
}
