import { expect, test } from "vitest";
import { parseConfigText } from "./parse-config-text";

test.each([
  ['{\n  "epochs": 3,\n}', 3, "Expected a name in double quotes. Received: }."],
  ['{\n  "epochs": x\n}', 2, "Expected a value. Received: x."],
  ['{\n  "epochs": 3\n  "seed": 1\n}', 3, 'Expected a comma or }. Received: "seed": 1.'],
  ['{ "epochs" 3 }', 1, "Expected a colon. Received: 3 }."],
  ['{\n"tags": ["a"', 2, "Expected a comma or ]. The text ends here."],
  ["{} {}", 1, "Expected nothing more. Received: {}."],
  ["", 1, "Expected a value. The text ends here."],
  ["[1]", 1, "Expected an object, in braces."],
  ['{"name": "two\nlines"}', 1, 'Expected a value. Received: "two.'],
  ['{"seed": 01}', 1, "Expected a comma or }. Received: 1}."],
])("%j", (text, line, message) => {
  expect(parseConfigText(text).error).toEqual({ line, message });
  if (!text.startsWith("[")) expect(() => JSON.parse(text) as unknown).toThrow();
});

test("JSON is taken as it is", () => {
  const config = {
    data: { source: 'a "b" \\ ü' },
    tags: [],
    model: [{ layer: "flatten" }],
    learningRate: 1e-3,
  };
  for (const space of [0, 2]) {
    expect(parseConfigText(JSON.stringify(config, null, space))).toEqual({ config, error: null });
  }
});
