/**
 * A report as one page that needs nothing else: styles and graphs are inline, pictures are data URLs, and there is
 * no script (its own policy forbids any). Light and dark, on a screen of any width and on paper.
 */
import type { EvaluationReport } from "@convkit/schema";
import type { ConfusedPair } from "../confused-pairs.js";
import { calibrationSection } from "./calibration-section.js";
import { classTable } from "./class-table.js";
import { confusionSection } from "./confusion-section.js";
import { figureTable } from "./figure-table.js";
import { headlineFigures } from "./headline.js";
import { learningCurves } from "./learning-curves.js";
import { limitsSection, reproduceSection } from "./limits-section.js";
import { html, trusted, type Markup } from "./markup.js";
import { pageStyle } from "./page-style.js";
import { mistakeGallery, pairGallery, uncertainGallery } from "./picture-galleries.js";
import { rankingSection } from "./ranking-section.js";
import type { ReportContext, RunFacts } from "./report-context.js";
import { listRunFacts, titleOf } from "./run-facts.js";
import { shortSection } from "./short-section.js";
import { sliceTable } from "./slice-table.js";

export interface HtmlReportOptions extends ReportContext {
  readonly report: EvaluationReport;
  /** Whose pictures are shown: `confusedPairs`. */
  readonly pairs?: readonly ConfusedPair[];
  /** Id of a picture → its data URL (base64, a raster format), of those that `picturesShown` lists. */
  readonly images?: ReadonlyMap<string, string>;
}

interface Section {
  /** Of the section's heading. */
  readonly id: string;
  /** In the table of contents. */
  readonly name: string;
  /** Null where the report does not tell. */
  readonly content: Markup | null;
}

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * The whole page, from its doctype on.
 * @throws {ImageDataUrlError} if an image is not carried inside the page.
 */
export function renderHtml(options: HtmlReportOptions): string {
  const { report } = options;
  const title = titleOf(report, options);
  const sections = sectionsOf(options).filter(({ content }) => content !== null);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${trusted(pageStyle)}
        </style>
      </head>
      <body>
        <a class="skip" href="#short">Skip to the report</a>
        <header>
          <p class="kicker">Evaluation on the ${report.split} split</p>
          <h1>${title}</h1>
          <nav aria-label="Contents">
            <ul>
              ${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li> `)}
            </ul>
          </nav>
        </header>
        <main>${sections.map(({ content }) => content)}</main>
        <footer>
          <p>
            ${report.meanAveragePrecision === undefined ? "Pictures without a label are left out." : null} A
            fraction of nothing, such as the precision of a class that was never predicted, counts as 0. A
            class with neither pictures nor predictions is left out of the macro average.
          </p>
        </footer>
      </body>
    </html> `.text;
}

/** In reading order: what everybody wants to know, what explains it, and how it came about. */
function sectionsOf(options: HtmlReportOptions): Section[] {
  const { report, pairs = [], run = {}, history = [], images = new Map<string, string>() } = options;
  const hasSets = report.meanAveragePrecision !== undefined;
  return [
    { id: "short", name: "In short", content: html`${shortSection(report)}${headline(report)}` },
    { id: "classes", name: hasSets ? "Per label" : "Per class", content: classTable(report) },
    ...(hasSets
      ? []
      : [
          { id: "confusion", name: "Confusion matrix", content: confusionSection(report) },
          { id: "pairs", name: "Confused pairs", content: pairGallery(pairs, report, images) },
          { id: "mistakes", name: "Worst mistakes", content: mistakeGallery(report, images) },
          { id: "uncertain", name: "Least sure", content: uncertainGallery(report, images) },
        ]),
    { id: "slices", name: "Groups", content: sliceTable(report) },
    { id: "calibration", name: "Calibration", content: calibrationSection(report) },
    { id: "ranking", name: "Thresholds", content: rankingSection(report) },
    { id: "figures", name: "All figures", content: figureTable(report) },
    { id: "curves", name: "Learning curves", content: learningCurves(history) },
    { id: "limits", name: "Limits", content: limitsSection(report) },
    { id: "facts", name: "The run", content: runSection(run) },
    { id: "reproduce", name: "How to have it again", content: reproduceSection(run) },
  ];
}

function headline(report: EvaluationReport): Markup {
  return html`<dl class="headline">
    ${headlineFigures(report).map(
      ({ name, value, remark }) =>
        html`<div class="card">
          <dt>${name}</dt>
          <dd>${value}</dd>
          <dd class="remark">${remark}</dd>
        </div> `,
    )}
  </dl>`;
}

/** Null where nothing is known of it. */
function runSection(run: RunFacts): Markup | null {
  const facts = listRunFacts(run);
  if (facts.length === 0) return null;
  return html`<section aria-labelledby="facts">
    <h2 id="facts">The run</h2>
    <dl class="card facts">
      ${facts.map(
        ({ name, value }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
