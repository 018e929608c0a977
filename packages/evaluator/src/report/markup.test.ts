import fc from "fast-check";
import { expect, it } from "vitest";
import { escapeHtml, html, trusted } from "./markup.js";

/** Under this name the formatter leaves the templates as they are. */
const tag = html;
const anyCharacter = fc.nat({ max: 0x2fff }).map((code) => String.fromCharCode(code));

it("escapes values, leaves markup, joins arrays and drops null", () => {
  const items = ["<", "b"].map((name) => tag`<li>${name}</li>`);
  expect(tag`<ul title="${'"'}">${items}${null}${trusted("<br>")}</ul>`.text).toBe(
    '<ul title="&quot;"><li>&lt;</li><li>b</li><br></ul>',
  );
});

it("leaves the source's indentation out, and not the value's", () => {
  expect(
    tag`<p>
    ${"a\n  b"}
  </p>`.text,
  ).toBe("<p>\na\n  b\n</p>");
});

it("lets no text open an element, end an attribute or carry a control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      const escaped = escapeHtml(text);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
      const controls = [...escaped].filter((character) => character < " " || character === "\u007f");
      expect(controls.join("")).toMatch(/^[\t\n\r]*$/);
    }),
  );
});
