import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvaluationReport } from "@convkit/schema";
import { evaluate } from "../evaluate.js";
import { ImageDataUrlError } from "./image-data-url.js";
import { renderHtml } from "./render-html.js";

const PNG =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

/** A report in which picture i is of class i and every third is taken for the next class. */
function reportOf(classNames: string[], pictureCount = classNames.length * 3): EvaluationReport {
  const classCount = classNames.length;
  const labels = Int32Array.from({ length: pictureCount }, (_, i) => i % classCount);
  const probabilities = new Float32Array(pictureCount * classCount);
  labels.forEach((label, i) => {
    const said = i % 3 === 0 ? (label + 1) % classCount : label;
    probabilities[i * classCount + said] = 1;
  });
  const ids = Array.from(labels, (_, i) => `picture ${i}`);
  return evaluate({ split: "test", classNames, ids, labels, probabilities });
}

const named = (count: number) => Array.from({ length: count }, (_, k) => `class ${k}`);
const epoch = (number: number, loss: number) => ({
  epoch: number,
  logs: { loss, val_loss: loss + 0.1, accuracy: 0.5, val_accuracy: 0.25 },
});
const anyCharacter = fc.nat({ max: 0x2fff }).map((code) => String.fromCharCode(code));
/** Every tag in order, attributes left out. */
const tags = (page: string) => page.replace(/<style>[^]*<\/style>/, "").match(/<\/?[a-zA-Z!]+/g);
const cells = (page: string) => page.match(/<rect\s+class="(hit|miss|none)"/g)!.length;

describe("the page", () => {
  const page = renderHtml({
    report: reportOf(["cat", "dog", "eel"], 10),
    run: {
      model: "simple-cnn",
      parameters: 225_034,
      engine: "native, 2 threads",
      data: "pets",
      seed: 7,
      epochs: 2,
      durationMs: 83_000,
    },
    history: [epoch(1, 1), epoch(2, 0.5)],
    images: new Map([["picture 0", PNG]]),
  });

  it("is one file that asks nothing of the network and runs nothing", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page).not.toMatch(/<script|<link|<iframe|https?:|url\(|@import| on\w+=/i);
  });

  it("says the headline figures", () => {
    // Six of ten: pictures 0, 3, 6 and 9 are mistaken. Wilson's interval of 6/10 is 31.3–83.2 %.
    expect(page).toContain("<dd>60.00\u202f%</dd>");
    expect(page).toContain("interval 31.3 to 83.2\u202f%");
    expect(page).toMatch(/<dt>Mistakes<\/dt>\s*<dd>4<\/dd>\s*<dd class="remark">of 10 test pictures/);
  });

  it("says the facts of the run", () => {
    for (const fact of ["simple-cnn on pets", "225,034", "native, 2 threads", "<dd>7</dd>", "1 min 23 s"]) {
      expect(page).toContain(fact);
    }
  });

  it("has a table beside each graph, and each graph a name", () => {
    const graphs = page.match(/<svg[^>]*role="img"[^>]*>/g)!;
    expect(graphs).toHaveLength(3);
    for (const graph of graphs) expect(graph).toMatch(/aria-label="[^"]+"/);
    expect(page.match(/<table/g)).toHaveLength(4);
    expect(page).toMatch(/<td>1\.000<\/td>\s*<td>1\.100<\/td>/);
  });

  it("names its sections by headings that are there once", () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
  });

  it("shows mistakes as pictures where it has them", () => {
    expect(page).toMatch(
      new RegExp(
        `<img\\s+class="picture tiny"\\s+src="${PNG.replaceAll("+", "\\+")}"\\s+alt="A picture of cat, taken for dog"`,
      ),
    );
    expect(page.match(/class="picture absent"/g)).toHaveLength(3);
  });
});

describe("hostile names", () => {
  const plain = tags(
    renderHtml({ report: reportOf(["a", "b"]), title: "t", run: { model: "m", data: "d", runId: "r" } }),
  );

  it("change no element of the page", () => {
    const name = fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 1 }),
      fc.constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style></svg>",
        "${1}",
        "\u202e",
      ),
    );
    fc.assert(
      fc.property(name, name, (first, second) => {
        const run = { model: first, data: second, runId: first };
        expect(tags(renderHtml({ report: reportOf([first, second]), title: first, run }))).toEqual(plain);
      }),
    );
  });

  it("are cut in the heat map and whole in its titles", () => {
    const long = "x".repeat(200);
    const page = renderHtml({ report: reportOf([long, "b"]) });
    expect(page).toContain(`<title>${long}</title>${"x".repeat(23)}…`);
  });
});

describe("any number of classes", () => {
  it.each([1, 2, 10, 43])("%d", (count) => {
    const page = renderHtml({ report: reportOf(named(count)) });
    expect(cells(page)).toBe(count * count);
    expect(page.includes('class="count')).toBe(count <= 24);
  });
});

describe("history", () => {
  const report = reportOf(["a", "b"]);

  it("may be missing", () => {
    expect(renderHtml({ report })).not.toContain("Learning curves");
  });

  it("may be one epoch", () => {
    expect(renderHtml({ report, history: [epoch(1, 0.5)] })).toContain("best 0.5000, epoch 1");
  });

  it("may lack validation", () => {
    const page = renderHtml({ report, history: [{ epoch: 1, logs: { loss: 0.5 } }] });
    expect(page).not.toMatch(/<li class="validation"|<g class="validation"/);
    expect(page).toContain("No finite value was logged.");
  });

  it("may hold NaN: it is said and drawn as a gap", () => {
    const page = renderHtml({ report, history: [epoch(1, 1), epoch(2, NaN), epoch(3, Infinity)] });
    expect(page).toContain("Not a finite number at epoch 2, 3.");
    expect(page.replace(/<td>n\/a<\/td>/g, "")).not.toContain("NaN");
    const diverged = renderHtml({ report, history: [epoch(1, NaN)] });
    expect(diverged).toContain("No finite value was logged.");
    expect(diverged).not.toContain("NaN");
  });
});

describe("a report of nothing", () => {
  it("says so", () => {
    const predictions = {
      split: "test",
      classNames: ["a"],
      ids: [],
      labels: new Int32Array(),
      probabilities: new Float32Array(),
    };
    const page = renderHtml({ report: evaluate(predictions) });
    expect(page).toContain("no labelled picture");
    expect(page).toContain("No picture had a label to be held against.");
    expect(page).not.toContain("NaN");
  });
});

describe("pictures", () => {
  it.each([
    "https://example.org/a.png",
    "data:image/svg+xml;base64,PHN2Zz4=",
    'data:image/png;base64,AA==" onload="x',
    "",
  ])("are refused as %s", (url) => {
    const images = new Map([["picture 0", url]]);
    expect(() => renderHtml({ report: reportOf(["a", "b"]), images })).toThrow(ImageDataUrlError);
  });
});
