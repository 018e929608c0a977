import { expect, test } from "vitest";
import type { RunFields } from "../../trpc/context";
import { completeFilter, quoteIfNeeded } from "./filter-completion";

const fields: RunFields = {
  metrics: [{ key: "val_accuracy", runs: 12 }],
  params: [{ key: "optimizer.momentum", runs: 12, varies: true }],
  tags: [{ name: "two words", runs: 3 }],
  experiments: [{ name: "default", runs: 12 }],
};

/** `|` marks the caret. */
function complete(marked: string) {
  const caret = marked.indexOf("|");
  const text = marked.replace("|", "");
  const { from, to, items } = completeFilter(text, caret, {
    fields,
    values: { model: ["resnet9", "resnet20"] },
  });
  return { replaced: text.slice(from, to), texts: items.map((item) => item.text) };
}

test.each([
  ["|", "", "status"],
  ["val|", "val", "val_accuracy"],
  ["mom|", "mom", "optimizer.momentum"],
  ["val_accuracy |", "", ">="],
  ["model = |", "", "resnet20"],
  ["model = res|", "res", "resnet9"],
  ["tag = |", "", '"two words"'],
  ['tag = "two|', '"two', '"two words"'],
  ["status = failed |", "", "and"],
  ["not (status = failed or exp|", "exp", "experiment"],
  ["val| > 0.9", "val", "val_accuracy"],
  ["mod|el = resnet9", "model", "model"],
])("%s offers what fits there", (marked, replaced, offered) => {
  const found = complete(marked);
  expect(found.replaced).toBe(replaced);
  expect(found.texts).toContain(offered);
});

test("a number is compared, a text is not", () => {
  expect(complete("val_accuracy |").texts).not.toContain("~");
  expect(complete("model |").texts).not.toContain(">");
  expect(complete("duration |").texts).toContain("<=");
});

test("nothing is offered for a number's value", () => {
  expect(complete("val_accuracy > |").texts).toEqual([]);
});

test("names that are no words are quoted", () => {
  expect(quoteIfNeeded("resnet9")).toBe("resnet9");
  expect(quoteIfNeeded('a "b"')).toBe('"a \\"b\\""');
  expect(quoteIfNeeded("and")).toBe('"and"');
});
