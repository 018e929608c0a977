/** The parts of a text as they arrive: no more of it is held than one part. */
import type { Readable } from "node:stream";

/** @returns the parts between separators, without empty ones; of lines also without a carriage return at their end. */
export async function* splitText(stream: Readable, separator: "\n" | "\0"): AsyncGenerator<string> {
  let rest = "";
  stream.setEncoding("utf8");
  for await (const piece of stream as AsyncIterable<string>) {
    const parts = (rest + piece).split(separator);
    rest = parts.pop() ?? "";
    for (const part of parts) yield* told(part, separator);
  }
  yield* told(rest, separator);
}

function* told(part: string, separator: "\n" | "\0"): Generator<string> {
  const text = separator === "\n" && part.endsWith("\r") ? part.slice(0, -1) : part;
  if (text !== "") yield text;
}
