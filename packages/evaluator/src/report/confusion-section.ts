/** The section of the confusion matrix: heat map, the most frequent confusions, and the whole matrix as a table. */
import type { EvaluationReport } from "@convkit/schema";
import { topConfusions } from "../confusion-matrix.js";
import { formatCount, formatPercent } from "./format-number.js";
import { heatMap } from "./heat-map.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";

const CONFUSIONS_SHOWN = 12;
/** Beyond this many classes the heat map takes the page's whole width. */
const MOST_CLASSES_BESIDE = 12;

/** The style sheet knows them by their ids. */
const MODES = [
  { id: "mode-counts", name: "Counts" },
  { id: "mode-row", name: "% of the true class" },
  { id: "mode-column", name: "% of what was said" },
] as const;

export function confusionSection({ confusionMatrix, classNames }: EvaluationReport): Markup {
  const layout = classNames.length <= MOST_CLASSES_BESIDE ? "beside" : "below";
  return html`<section aria-labelledby="confusion">
    <h2 id="confusion">Confusion matrix</h2>
    <p class="lead">
      Rows are the true classes, columns what the network said. Colour is the share of the row, or of the
      column.
    </p>
    <div class="card confusion ${layout}">
      <div>
        ${modeSwitch()} ${scrollBox("Confusion matrix", heatMap(confusionMatrix, classNames))}
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
  return scrollBox(
    "Most frequent confusions",
    html`<table>
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
    </table>`,
  );
}

function matrixTable(matrix: readonly (readonly number[])[], classNames: readonly string[]): Markup {
  return scrollBox(
    "The whole matrix as a table",
    html`<table class="matrix">
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
    </table>`,
  );
}

/** Radio buttons that the style sheet listens to: they need no script, and keys work them. */
function modeSwitch(): Markup {
  return html`<fieldset class="switch">
    <legend>Numbers</legend>
    ${MODES.map(
      ({ id, name }, index) =>
        html`<label
          ><input type="radio" name="confusion-mode" id="${id}" ${index === 0 ? html`checked` : null} /><span
            >${name}</span
          ></label
        > `,
    )}
  </fieldset>`;
}
