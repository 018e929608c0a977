import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { createLineWriter } from "./line-writer.js";

function stream(isTTY: boolean, columns = 80) {
  const output = Object.assign(new PassThrough(), { isTTY, columns, rows: 24 });
  return { output, text: () => String(output.read() ?? "") };
}

it("redraws the status under the lines that stay, on a terminal", () => {
  const { output, text } = stream(true);
  const writer = createLineWriter(output);
  writer.status("10 %");
  writer.print("epoch 1");
  writer.close();
  const shown = text();
  expect(shown.indexOf("10 %")).toBeLessThan(shown.indexOf("epoch 1\n"));
  expect(shown.lastIndexOf("10 %")).toBeGreaterThan(shown.indexOf("epoch 1\n"));
  expect(shown).toContain("\u001b[");
});

it("takes the status away before another stream writes to the same terminal", () => {
  const { output, text } = stream(true);
  const writer = createLineWriter(output);
  writer.status("10 %");
  text();
  const other = { write: (line: string) => output.write(line) } as NodeJS.WritableStream;
  writer.print("from a library", other);
  const [before = "", after = ""] = text().split("from a library\n");
  // Control characters alone, which clear the line, and the status again under what was written.
  expect([stripVTControlCharacters(before), before.length > 0]).toEqual(["", true]);
  expect(stripVTControlCharacters(after)).toContain("10 %");
});

it.each([
  ["elsewhere", stream(false)],
  ["on a terminal without columns", stream(true, 0)],
])("prints lines alone, and no control characters, %s", (_where, { output, text }) => {
  const writer = createLineWriter(output);
  writer.status("10 %");
  writer.print("epoch 1");
  writer.close();
  expect(text()).toBe("epoch 1\n");
});
