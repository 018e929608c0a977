import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createLineWriter } from "./line-writer.js";

function stream(isTTY: boolean) {
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
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

it("prints lines alone, and no control characters, elsewhere", () => {
  const { output, text } = stream(false);
  const writer = createLineWriter(output);
  writer.status("10 %");
  writer.print("epoch 1");
  writer.close();
  expect(text()).toBe("epoch 1\n");
});
