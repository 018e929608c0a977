import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvaluationReport } from "@convkit/schema";
import { confusedPairs } from "../confused-pairs.js";
import { evaluate } from "../evaluate.js";
import { drawnPredictions, fullReport } from "../fixtures/full-report.js";
import { plainReport } from "../fixtures/plain-report.js";
import { ImageDataUrlError } from "./image-data-url.js";
import { picturesShown } from "./picture-galleries.js";
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
  return plainReport({ split: "test", classNames, ids, labels, probabilities });
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

describe("a report with everything in it", () => {
  const predictions = drawnPredictions(["cat", "dog", "eel", "fox", "gnu", "hen"], 50);
  const report = fullReport(predictions);
  const pairs = confusedPairs(predictions);
  const run = { command: "convkit train --config config.json", contentHash: "5ca1ab1e", seed: 7 };
  const page = renderHtml({ report, pairs, run, history: [epoch(1, 1)] });
  const section = (id: string) => page.split("<section").find((part) => part.includes(`<h2 id="${id}"`))!;

  it("lists each of its sections in its contents, and no other", () => {
    const linked = [...page.matchAll(/<li><a href="#([^"]+)"/g)].map(([, id]) => id);
    const headings = [...page.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id);
    expect(linked).toEqual(headings);
    expect(new Set(linked).size).toBe(14);
  });

  it("has a table in the section of each graph", () => {
    const withGraphs = page.split("<section").filter((part) => part.includes('role="img"'));
    expect(withGraphs).toHaveLength(4);
    for (const part of withGraphs) expect(part).toMatch(/<details>[^]*<table/);
    for (const [graph] of page.matchAll(/<svg[^>]*role="img"[^>]*>/g))
      expect(graph).toMatch(/aria-label="[^"]+"/);
  });

  it("draws calibration as it is and with the temperature, and what stands behind each point", () => {
    const part = section("calibration");
    // Nine of the fifteen bins hold pictures.
    expect(part.match(/<circle/g)).toHaveLength(18);
    expect(part.match(/<g class="bars"[^]*?<\/g>/)![0].match(/<rect/g)).toHaveLength(15);
    expect(part).toContain("1.420");
    expect(part).toContain("500 validation pictures");
  });

  it("names the weakest curves, and leaves the others faint", () => {
    const part = section("ranking");
    // Three of six stand out, in each of two charts; their areas grow with their index.
    expect(part.match(/<g class="faint"/g)).toHaveLength(6);
    expect(part).toMatch(/<li class="weak weak-1"[^]*?cat[^]*?90\.00/);
  });

  it("marks groups that chance does not explain", () => {
    const rows = section("slices").match(/<tr class="[^]*?<\/tr>/g)!;
    expect(rows.map((row) => /class="word mark">([a-z]*)</.exec(row)![1])).toEqual(["worse", "", "better"]);
    expect(rows[0]).toContain("brightness: 0 to 41.5");
    expect(rows[0]).toContain("−21.0 points");
  });

  it("shows figures with their intervals", () => {
    expect(section("figures")).toMatch(/Brier score[^]*?0\.3100[^]*?0\.3000 – 0\.3200/);
    expect(section("classes")).toMatch(/<small>\d+\.\d – \d+\.\d\u202f%<\/small>/);
  });

  it("has the confusion matrix's numbers three ways, counts first", () => {
    const part = section("confusion");
    expect(part.match(/<input type="radio" name="confusion-mode"/g)).toHaveLength(3);
    expect(part).toMatch(/id="mode-counts"\s+checked/);
    const [row] = report.confusionMatrix;
    const column = report.confusionMatrix.map((counts) => counts[0]!);
    const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    const firstCell = /<g\s*><title>cat, recognised[^]*?<\/g/.exec(part)![0];
    const numbers = [...firstCell.matchAll(/class="count ([a-z-]+)[^]*?>([\d.]+)<\/text/g)];
    expect(numbers.map(([, mode, text]) => [mode, text])).toEqual([
      ["counts", String(row![0])],
      ["by-row", ((100 * row![0]!) / sum(row!)).toFixed(0)],
      ["by-column", ((100 * row![0]!) / sum(column)).toFixed(0)],
    ]);
  });

  it("shows the pictures that it asks for, and no others", () => {
    const shown = [...page.matchAll(/<p class="id" title="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(picturesShown(report, pairs))).toEqual(new Set(shown));
  });

  it("says that pictures are judged without the temperature, where there is one", () => {
    for (const id of ["pairs", "mistakes", "uncertain"])
      expect(section(id).match(/before the temperature/g)).toHaveLength(1);
    expect(renderHtml({ report: { ...report, temperature: undefined }, pairs })).not.toContain(
      "before the temperature",
    );
  });

  it("says how to have it again", () => {
    for (const fact of [run.command, "5ca1ab1e"]) expect(section("reproduce")).toContain(fact);
  });

  it("leaves out what a report of before did not have", () => {
    const old = renderHtml({
      report: {
        ...report,
        calibration: undefined,
        roc: undefined,
        precisionRecall: undefined,
        slices: undefined,
        mostUncertain: undefined,
        intervals: undefined,
        balancedAccuracy: undefined,
      },
    });
    for (const id of ["calibration", "ranking", "slices", "uncertain", "pairs", "figures", "reproduce"]) {
      expect(old).not.toContain(`id="${id}"`);
      expect(old).not.toContain(`href="#${id}"`);
    }
  });

  it("has areas alone where there are too many classes to draw", () => {
    const areas = (family: NonNullable<typeof report.roc>) => ({ ...family, classes: [], macro: undefined });
    const large = renderHtml({
      report: { ...report, roc: areas(report.roc!), precisionRecall: areas(report.precisionRecall!) },
    });
    expect(large).not.toMatch(/<g class="(faint|weak)/);
    expect(large).toMatch(/<th scope="row">cat<\/th>\s*<td>90\.00\u202f%<\/td>\s*<td>n\/a/);
  });

  it("speaks of labels in the reliability diagram where pictures have any number of them", () => {
    const page = renderHtml({
      report: {
        ...report,
        meanAveragePrecision: 0.7,
        confusionMatrix: [],
        worstMistakes: [],
        mostUncertain: [],
      },
    });
    expect(page).toContain("Every label of every picture");
    expect(page).toContain("Brier score (0 to 1)");
    expect(page).not.toContain('id="confusion"');
  });

  it("stays under 3 MB with a hundred classes and sixty pictures of 10 kB", () => {
    const many = drawnPredictions(named(100), 100);
    const manyPairs = confusedPairs(many);
    const manyReport = fullReport(many, 200);
    const picture = `data:image/webp;base64,${"A".repeat(13_336)}`;
    const images = new Map(picturesShown(manyReport, manyPairs).map((id) => [id, picture]));
    const large = renderHtml({ report: manyReport, pairs: manyPairs, images });
    expect(Buffer.byteLength(large)).toBeLessThan(3_000_000);
  });
});

it("keeps the pixels of small pictures, and of no others", () => {
  const report = reportOf(["a", "b"]);
  const isTiny = (url: string) =>
    renderHtml({ report, images: new Map([["picture 0", url]]) }).includes('class="picture tiny"');
  const lossless = (width: number) => {
    const bytes = Buffer.alloc(32);
    bytes.write("RIFF", 0, "latin1");
    bytes.write("WEBPVP8L", 8, "latin1");
    // 0x2f, then 14 bits of the width less one.
    bytes[20] = 0x2f;
    bytes.writeUInt16LE(width - 1, 21);
    return `data:image/webp;base64,${bytes.toString("base64")}`;
  };
  expect([28, 96, 97, 300].map((width) => isTiny(lossless(width)))).toEqual([true, true, false, false]);
  const lossy = Buffer.from(lossless(28).split(",")[1]!, "base64");
  lossy.write("VP8 ", 12, "latin1");
  expect(isTiny(`data:image/webp;base64,${lossy.toString("base64")}`)).toBe(false);
});
