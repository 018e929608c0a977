/** The first section: the report in plain sentences. */
import type { EvaluationReport } from "@convkit/schema";
import { html, type Markup } from "./markup.js";
import { summarise } from "./summarise.js";

export function shortSection(report: EvaluationReport): Markup {
  return html`<section aria-labelledby="short">
    <h2 id="short">In short</h2>
    <div class="card short">
      ${summarise(report).map(
        ({ heading, sentences }) =>
          html`<div>
            <h3>${heading}</h3>
            ${sentences.map((sentence) => html`<p>${sentence}</p> `)}
          </div>`,
      )}
    </div>
  </section>`;
}
