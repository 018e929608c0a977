/** The section of the confusion matrix: heat map, the most frequent confusions, and the whole matrix as a table. */
import type { EvaluationReport } from "@convkit/schema";
import { topConfusions } from "../confusion-matrix.js";
import { formatCount, formatPercent } from "./format-number.js";
import { heatMap } from "./heat-map.js";
import { html, type Markup } from "./markup.js";

const CONFUSIONS_SHOWN = 12;
/** Beyond this many classes the heat map takes the page's whole width. */
const MOST_CLASSES_BESIDE = 12;

export function confusionSection({ confusionMatrix, classNames }: EvaluationReport): Markup {
  const layout = classNames.length <= MOST_CLASSES_BESIDE ? "beside" : "below";
  return html`<section aria-labelledby="confusion">
    <h2 id="confusion">Confusion matrix</h2>
    <p class="lead">
      Rows are the true classes, columns what the network said. Colour is the share of the row.
    </p>
    <div class="card confusion ${layout}">
      <div>
        <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
          ${heatMap(confusionMatrix, classNames)}
        </div>
        <p class="scale" aria-hidden="true">
          <span>recognised <i class="hit"></i> 0–100${"\u202f"}%</span
          ><span>mistaken <i class="miss"></i> 0–100${"\u202f"}%, square root</span>
        </p>
      </div>
      ${confusionTable(confusionMatrix, classNames)}
    </div>
    <details>
      <summary>The whole matrix as a table</summary>
      ${matrixTable(confusionMatrix, classNames)}
    </details>
  </section>`;
}

function confusionTable(matrix: readonly (readonly number[])[], classNames: readonly string[]): Markup {
  const confusions = topConfusions(matrix, CONFUSIONS_SHOWN);
  if (confusions.length === 0) return html`<p class="empty">No picture was mistaken for another class.</p>`;
  return html`<div class="scroll">
    <table>
      <caption>
        Most frequent confusions
      </caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" class="word">Taken for</th>
          <th scope="col">Pictures</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        ${confusions.map(
          ({ label, prediction, count, share }) =>
            html`<tr>
              <th scope="row">${classNames[label]!}</th>
              <td class="word">${classNames[prediction]!}</td>
              <td>${formatCount(count)}</td>
              <td>${formatPercent(share)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function matrixTable(matrix: readonly (readonly number[])[], classNames: readonly string[]): Markup {
  return html`<div class="scroll">
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">True class</th>
          ${classNames.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${matrix.map(
          (counts, row) =>
            html`<tr>
              <th scope="row">${classNames[row]!}</th>
              ${counts.map((count) => html`<td>${formatCount(count)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
