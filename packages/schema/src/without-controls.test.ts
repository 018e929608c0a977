import { expect, it } from "vitest";
import { withoutControls } from "./without-controls.js";

it.each([
  ["\u001b[31mred.jpg", "\ufffd[31mred.jpg"],
  ["a\rb\bc\u0000d\u009be\tf", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"],
  ["cat\u202egpj.exe\u2066\u200f", "cat\ufffdgpj.exe\ufffd\ufffd"],
  ["two\nlines, ünï 👩\u200d🔬 حيوان", "two\nlines, ünï 👩\u200d🔬 حيوان"],
])("leaves text alone, and nothing that steers: %j", (text, shown) => {
  expect(withoutControls(text)).toBe(shown);
});
