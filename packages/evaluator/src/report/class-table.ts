/** The section of precision, recall and F1 per class, the weakest class first, with the averages below. */
import type { ClassReport, EvaluationReport } from "@convkit/schema";
import { formatCount, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";

/** From this many classes on, the rows are set closer. */
const MANY_CLASSES = 20;

export function classTable(report: EvaluationReport): Markup {
  const { perClass, macroAverage, weightedAverage, testCount, meanAveragePrecision } = report;
  const hasSets = meanAveragePrecision !== undefined;
  const precisionCell = (value: number | undefined) =>
    hasSets ? html`<td>${formatPercent(value ?? NaN)}</td>` : null;
  return html`<section aria-labelledby="classes">
    <h2 id="classes">${hasSets ? "Per label" : "Per class"}</h2>
    <p class="lead">
      The weakest ${hasSets ? "label" : "class"} first. Precision: how many of the pictures given this name
      are of it. Recall: how many of its pictures got its name. F1: their harmonic mean.
      ${
        hasSets
          ? "Each at a probability of 0.5. Average precision: how far its pictures rank before the others, whatever the threshold."
          : ""
      }
    </p>
    <div class="card scroll">
      <table class="classes${perClass.length >= MANY_CLASSES ? " dense" : ""}">
        <thead>
          <tr>
            <th scope="col">${hasSets ? "Label" : "Class"}</th>
            <th scope="col">Pictures</th>
            <th scope="col">Precision</th>
            <th scope="col">Recall</th>
            <th scope="col">F1</th>
            ${hasSets ? html`<th scope="col">Average precision</th>` : null}
          </tr>
        </thead>
        <tbody>
          ${weakestFirst(perClass).map(
            (row) =>
              html`<tr>
                <th scope="row">${row.className}</th>
                <td>${formatCount(row.support)}</td>
                ${
                  row.support === 0
                    ? html`<td colspan="${hasSets ? 4 : 3}" class="absent">no pictures</td>`
                    : html`${scoreCells(row)}${precisionCell(row.averagePrecision)}`
                }
              </tr> `,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Macro average</th>
            <td>${formatCount(testCount)}</td>
            ${scoreCells(macroAverage)}${precisionCell(meanAveragePrecision)}
          </tr>
          <tr>
            <th scope="row">Weighted average</th>
            <td>${formatCount(testCount)}</td>
            ${scoreCells(weightedAverage)}${hasSets ? html`<td></td>` : null}
          </tr>
        </tfoot>
      </table>
    </div>
  </section>`;
}

/** By F1, upwards; classes without pictures come last. */
export function weakestFirst(perClass: readonly ClassReport[]): ClassReport[] {
  return [...perClass].sort(
    (a, b) => Number(a.support === 0) - Number(b.support === 0) || a.f1 - b.f1 || b.support - a.support,
  );
}

function scoreCells({ precision, recall, f1 }: Pick<ClassReport, "precision" | "recall" | "f1">): Markup {
  const barPercent = Number.isFinite(f1) ? (f1 * 100).toFixed(1) : "0";
  return html`<td>${formatPercent(precision)}</td>
    <td>${formatPercent(recall)}</td>
    <td class="bar" style="--share:${barPercent}%">${formatPercent(f1)}</td>`;
}
