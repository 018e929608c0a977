/**
 * A report as one page that needs nothing else: styles and graphs are inline, pictures are data URLs, and there is
 * no script (its own policy forbids any). Light and dark, on a screen of any width and on paper.
 */
import type { EvaluationReport } from "@convkit/schema";
import { classTable } from "./class-table.js";
import { confusionSection } from "./confusion-section.js";
import { headlineFigures } from "./headline.js";
import { learningCurves } from "./learning-curves.js";
import { html, trusted } from "./markup.js";
import { mistakeGallery } from "./mistake-gallery.js";
import { pageStyle } from "./page-style.js";
import type { ReportContext } from "./report-context.js";
import { listRunFacts, titleOf } from "./run-facts.js";
import { shortSection } from "./short-section.js";

export interface HtmlReportOptions extends ReportContext {
  readonly report: EvaluationReport;
  /** Id of a picture → its data URL (base64, a raster format), for the worst mistakes. */
  readonly images?: ReadonlyMap<string, string>;
}

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * The whole page, from its doctype on.
 * @throws {ImageDataUrlError} if an image is not carried inside the page.
 */
export function renderHtml(options: HtmlReportOptions): string {
  const { report, run = {}, history = [], images = new Map<string, string>() } = options;
  const title = titleOf(report, options);
  const facts = listRunFacts(run);
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
        <main>
          <header>
            <p class="kicker">Evaluation on the ${report.split} split</p>
            <h1>${title}</h1>
          </header>
          ${shortSection(report)}
          <dl class="headline">
            ${headlineFigures(report).map(
              ({ name, value, remark }) =>
                html`<div class="card">
                  <dt>${name}</dt>
                  <dd>${value}</dd>
                  <dd class="remark">${remark}</dd>
                </div> `,
            )}
          </dl>
          ${
            facts.length === 0
              ? null
              : html`<section aria-labelledby="facts">
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
                </section>`
          }
          ${learningCurves(history)} ${classTable(report)}
          ${report.meanAveragePrecision === undefined ? html`${confusionSection(report)} ${mistakeGallery(report, images)}` : null}
          <footer>
            <p>
              ${report.meanAveragePrecision === undefined ? "Pictures without a label are left out." : null} A
              fraction of nothing, such as the precision of a class that was never predicted, counts as 0. A
              class with neither pictures nor predictions is left out of the macro average.
            </p>
          </footer>
        </main>
      </body>
    </html> `.text;
}
