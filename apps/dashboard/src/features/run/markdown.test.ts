import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown";

const shown = (text: string) =>
  renderToStaticMarkup(createElement(Markdown, { text }))
    .replace(/^<div class="prose-note">/, "")
    .replace(/<\/div>$/, "");

describe("Markdown", () => {
  it.each([
    ["a *b* **c** ~~d~~ `e<f`", "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;f</code></p>"],
    ["# One\n\n###### Six", "<h3>One</h3><h6>Six</h6>"],
    ["- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"],
    ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
    ["> said\n\n---", "<blockquote><p>said</p></blockquote><hr/>"],
    ["```ts\nlet a = 1 < 2;\n```", "<pre><code>let a = 1 &lt; 2;</code></pre>"],
    ["a  \nb", "<p>a<br/>b</p>"],
    ["a &lt; b &amp; c \\* d", "<p>a &lt; b &amp; c * d</p>"],
    [
      "| a | b |\n|:--|--:|\n| 1 | *2* |",
      '<table><thead><tr><th class="text-left">a</th><th class="text-right">b</th></tr></thead>' +
        '<tbody><tr><td class="text-left">1</td><td class="text-right"><em>2</em></td></tr></tbody></table>',
    ],
  ])("shows %j", (text, html) => expect(shown(text)).toBe(html));

  it("shows tasks and whether they are done", () => {
    const html = shown("- [x] a\n- [ ] b");
    expect(html.match(/<input/g)).toHaveLength(2);
    expect(html.match(/checked=""/g)).toHaveLength(1);
  });

  it("links to the web and to mail, and tells the other side nothing", () => {
    const rest = 'target="_blank" rel="noopener noreferrer nofollow"';
    expect(shown("[x](https://example.org/?a=1&b=2)")).toBe(
      `<p><a href="https://example.org/?a=1&amp;b=2" ${rest}>x</a></p>`,
    );
    expect(shown("https://example.org")).toContain(`<a href="https://example.org" ${rest}>`);
    expect(shown("<me@example.org>")).toContain('<a href="mailto:me@example.org"');
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    "[x](//evil.example)",
    "![p](http://192.0.2.1/p.png)",
    "[a]: javascript:alert(1)\n\n[a]",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "a <b onclick=alert(1)>c</b>",
    "<svg><a href='javascript:alert(1)'>x</a></svg>",
  ])("makes nothing that runs or fetches of %j", (text) => {
    const html = shown(text);
    expect(html).not.toMatch(/<(?!\/?(p|div|span|em)\b)/);
    expect(html).not.toMatch(/<[^>]*(href|src|on\w+)=/);
  });

  it("keeps raw HTML as the text that it is", () => {
    expect(shown("a <b>c</b>")).toBe("<p>a &lt;b&gt;c&lt;/b&gt;</p>");
  });
});
