/** The sections that end a report: what its figures do not promise, and how to have them again. */
import type { EvaluationReport } from "@convkit/schema";
import { listLimits } from "./limits.js";
import { html, type Markup } from "./markup.js";
import type { RunFacts } from "./report-context.js";
import { REPRODUCE_NOTE, reproduceFacts } from "./run-facts.js";

export function limitsSection(report: EvaluationReport): Markup {
  return html`<section aria-labelledby="limits">
    <h2 id="limits">Limits</h2>
    <ul class="card limits">
      ${listLimits(report).map((sentence) => html`<li>${sentence}</li> `)}
    </ul>
  </section>`;
}

/** Null where it is not known how the network came about. */
export function reproduceSection(run: RunFacts): Markup | null {
  if (run.command === undefined) return null;
  return html`<section aria-labelledby="reproduce">
    <h2 id="reproduce">How to have it again</h2>
    <div class="card reproduce">
      <pre tabindex="0"><code>${run.command}</code></pre>
      <p>${REPRODUCE_NOTE}</p>
      <dl class="facts">
        ${reproduceFacts(run).map(
          ({ name, value }) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div> `,
        )}
      </dl>
    </div>
  </section>`;
}
