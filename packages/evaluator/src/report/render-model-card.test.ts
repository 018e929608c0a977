import type { DatasetCard, ModelCard } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { drawnPredictions, fullReport } from "../fixtures/full-report.js";
import { renderModelCard } from "./render-model-card.js";

const card: ModelCard = {
  formatVersion: 1,
  name: "resnet20",
  classNames: ["cat", "dog", "eel"],
  inputShape: [32, 32, 3],
  preprocessing: [{ name: "Resize", size: [32, 32] }],
  output: "logits",
  temperature: { value: 1.42, split: "validation", count: 500 },
  parameters: 272_474,
  runId: "20261128-101500-abc123",
  metrics: {},
};
const split = (count: number) => ({ count, perClass: [count - 2, 1, 1], chosenBy: "stratified" as const });
const dataset: DatasetCard = {
  formatVersion: 1,
  name: "pets",
  source: "/home/somebody/pets",
  contentHash: "5ca1ab1e",
  classNames: card.classNames,
  imageShape: [32, 32, 3],
  splits: { train: { count: 1000, perClass: [700, 200, 100] }, validation: split(100), test: split(120) },
  badFiles: [],
  warnings: [],
};
const report = fullReport(drawnPredictions(card.classNames, 40));
const run = {
  model: "resnet20",
  data: "pets",
  seed: 7,
  command: "convkit train --config config.json",
  contentHash: "5ca1ab1e",
};
const sectionOf = (markdown: string, heading: string) =>
  markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;

describe("a model card", () => {
  const markdown = renderModelCard({ card, report, run, dataset });

  it("has the paper's sections in their order", () => {
    expect(markdown.match(/^## .*/gm)).toEqual([
      "## Model details",
      "## Intended use",
      "## Factors",
      "## Metrics",
      "## Evaluation data",
      "## Training data",
      "## Quantitative analyses",
      "## Ethical considerations",
      "## Caveats and recommendations",
      "## How to reproduce it",
    ]);
  });

  it("says what was trained on what, judged by what, and how well", () => {
    expect(sectionOf(markdown, "Model details")).toContain("272,474 parameters");
    expect(sectionOf(markdown, "Model details")).toContain(
      "Temperature: 1.420, fitted on 500 validation pictures",
    );
    expect(sectionOf(markdown, "Training data")).toContain("5ca1ab1e");
    expect(sectionOf(markdown, "Training data")).toContain("| cat | 700 | 98 | 118 |");
    expect(sectionOf(markdown, "Evaluation data")).toContain(
      "120 pictures: the test split, held back from training. They were held back at random",
    );
    expect(sectionOf(markdown, "Metrics")).toContain("| Macro F1 |");
    expect(sectionOf(markdown, "Factors")).toContain("| brightness: 0 to 41.5 | 120 |");
    expect(sectionOf(markdown, "Quantitative analyses")).toContain(
      "| Expected calibration error | 10.00 % | 1.00 % |",
    );
    expect(sectionOf(markdown, "Caveats and recommendations")).toContain("off by 10.0 of 100 on average");
    expect(sectionOf(markdown, "How to reproduce it")).toContain("convkit train --config config.json");
  });

  it("says how far a browser agrees, where that was measured", () => {
    const parity = {
      count: 250,
      largestLogitDifference: 0.0000312,
      meanLogitDifference: 0.00001,
      agreement: 1,
    };
    const verification = {
      verifiedAt: "2026-11-28T10:15:00.000Z",
      engine: "native",
      browser: "Chromium 150.0",
      backend: "wasm" as const,
      sameBytes: parity,
      files: { ...parity, count: 240, largestLogitDifference: 0.25, agreement: 0.9875 },
    };
    expect(
      sectionOf(renderModelCard({ card: { ...card, verification }, report }), "Model details"),
    ).toContain(
      "- In a browser (Chromium 150.0, wasm) beside native in Node: of 250 pictures, logits differ by 0.000031 at most, " +
        "100.0\u202f% are decided alike; of 240 pictures that each decodes for itself, logits differ by 0.25 at most, " +
        "98.8\u202f% are decided alike\n",
    );
    expect(markdown).not.toContain("In a browser");
  });

  it("does not tell where on this machine the pictures lie", () => {
    expect(markdown).not.toContain("somebody");
  });

  it("says so where nothing was judged", () => {
    const unjudged = renderModelCard({ card, run, dataset });
    expect(sectionOf(unjudged, "Metrics")).toContain("None: it was not judged.");
    expect(sectionOf(unjudged, "Caveats and recommendations")).toContain(
      "nothing is known of how good it is",
    );
    expect(sectionOf(unjudged, "Training data")).toContain("5ca1ab1e");
  });

  it("keeps hostile names out of its structure", () => {
    const hostile = { ...card, classNames: ["<img src=x>", "a\n## Intended use\nb", "`c`"] };
    const text = renderModelCard({ card: hostile, report, run });
    expect(text.match(/^## .*/gm)).toHaveLength(10);
    expect(text).not.toContain("<img");
  });
});

describe("a card that is written again", () => {
  const first = renderModelCard({ card, report, run, dataset });
  const rewrite = (previous: string) =>
    renderModelCard({ card: { ...card, parameters: 1 }, report, run, dataset, previous });

  it("is the same but for what has changed", () => {
    expect(rewrite(first)).toBe(first.replace("272,474", "1"));
  });

  it("keeps what the user wrote, and writes the figures anew", () => {
    const edited = first
      .replace(
        /## Intended use[^]*?(?=\n## )/,
        "## Intended use\n\nFor our shop.\n\n### Not for\n\nthe clinic.\n",
      )
      .replace(
        /## Ethical considerations[^]*?(?=\n## )/,
        "## Ethical considerations\n\n```sh\n## no heading\n```\n",
      )
      .replace("tags:", "license: mit\ntags:")
      .concat("\n## Who to call\n\nThe owner.\n");
    const again = rewrite(edited);
    expect(sectionOf(again, "Intended use").trim()).toBe(
      "Intended use\n\nFor our shop.\n\n### Not for\n\nthe clinic.",
    );
    expect(again).toContain("## Ethical considerations\n\n```sh\n## no heading\n```\n\n## Caveats");
    expect(again).toMatch(/^---\npipeline_tag: image-classification\nlicense: mit\ntags:/);
    expect(again.endsWith("## Who to call\n\nThe owner.\n")).toBe(true);
    expect(again).not.toContain("272,474");
    // Nothing is added to it by being kept.
    expect(rewrite(again)).toBe(again);
  });

  it("keeps the words of a file that an editor of another system saved", () => {
    const edited = `\ufeff${first.replace(/## Intended use[^]*?(?=\n## )/, "## Intended use\n\nFor our shop.\n")}`;
    expect(rewrite(edited.replaceAll("\n", "\r\n"))).toContain(
      "## Intended use\n\nFor our shop.\n\n## Factors",
    );
  });

  it("does not take its own sections for the user's below a fence that is not closed", () => {
    const edited = first
      .replace(/## Intended use[^]*?(?=\n## )/, "## Intended use\n\n```sh\nconvkit predict a.png\n")
      .concat("\n## Who to call\n\n```text\n## the owner\n```\n");
    const again = rewrite(edited);
    expect(sectionOf(again, "Intended use")).toBe("Intended use\n\n```sh\nconvkit predict a.png\n\n");
    // That one is closed, and its heading none.
    expect(again.endsWith("## Who to call\n\n```text\n## the owner\n```\n")).toBe(true);
    expect(again.match(/^## Factors$/gm)).toHaveLength(1);
    expect(again).not.toContain("272,474");
    expect(rewrite(again)).toBe(again);
  });

  it("keeps all of a README that it did not write, but for what stood before its headings", () => {
    const again = rewrite("# My network\n\n## Story\n\nOnce upon a time.\n\n## Story\n\nThe end.\n");
    expect(again).toContain("## Story\n\nOnce upon a time.");
    expect(again).toContain("The end.");
  });
});
