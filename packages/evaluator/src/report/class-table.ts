/** The section of precision, recall and F1 per class, the weakest class first, with the averages below. */
import type { ClassReport, EvaluationReport } from "@convkit/schema";
import { formatCount, formatInterval, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";

/** From this many classes on, the rows are set closer. */
const MANY_CLASSES = 20;

/** Areas under curves, where the report has them. */
const AREAS = [
  {
    key: "averagePrecision",
    name: "Average precision",
    macroOf: (report: EvaluationReport) => report.meanAveragePrecision ?? report.precisionRecall?.macroArea,
  },
  { key: "rocAuc", name: "ROC area", macroOf: (report: EvaluationReport) => report.roc?.macroArea },
] as const;

export function classTable(report: EvaluationReport): Markup {
  const { perClass, macroAverage, microAverage, weightedAverage, testCount } = report;
  const hasSets = report.meanAveragePrecision !== undefined;
  const areas = AREAS.filter(({ key }) => perClass.some((row) => row[key] !== undefined));
  const noAreas = areas.map(() => html`<td></td>`);
  const hasIntervals = perClass.some(({ intervals }) => intervals !== undefined);
  return html`<section aria-labelledby="classes">
    <h2 id="classes">${hasSets ? "Per label" : "Per class"}</h2>
    <p class="lead">
      The weakest ${hasSets ? "label" : "class"} first. Precision: how many of the pictures given this name
      are of it. Recall: how many of its pictures got its name. F1: their harmonic mean.
      ${hasSets ? "Each at a probability of 0.5." : null}
      ${
        areas.length > 0
          ? "Average precision and ROC area: how far its pictures rank before the others, whatever the threshold."
          : null
      }
      ${hasIntervals ? `In small type the 95\u202f% intervals.` : null}
    </p>
    ${scrollBox(
      hasSets ? "Per label" : "Per class",
      html`<table class="classes${perClass.length >= MANY_CLASSES ? " dense" : ""}">
        <thead>
          <tr>
            <th scope="col">${hasSets ? "Label" : "Class"}</th>
            <th scope="col">Pictures</th>
            <th scope="col">Precision</th>
            <th scope="col">Recall</th>
            <th scope="col">F1</th>
            ${areas.map(({ name }) => html`<th scope="col">${name}</th>`)}
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
                    ? html`<td colspan="${3 + areas.length}" class="absent">no pictures</td>`
                    : html`${scoreCells(row)}${areas.map(
                        ({ key }) => html`<td>${formatPercent(row[key] ?? NaN)}${intervalOf(row, key)}</td>`,
                      )}`
                }
              </tr> `,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Macro average</th>
            <td>${formatCount(testCount)}</td>
            ${scoreCells(macroAverage)}${areas.map(({ macroOf }) => html`<td>${formatPercent(macroOf(report) ?? NaN)}</td>`)}
          </tr>
          ${
            hasSets && microAverage
              ? html`<tr>
                  <th scope="row">Micro average</th>
                  <td>${formatCount(testCount)}</td>
                  ${scoreCells(microAverage)}${noAreas}
                </tr>`
              : null
          }
          <tr>
            <th scope="row">Weighted average</th>
            <td>${formatCount(testCount)}</td>
            ${scoreCells(weightedAverage)}${noAreas}
          </tr>
        </tfoot>
      </table>`,
      "card",
    )}
  </section>`;
}

/** By F1, upwards; classes without pictures come last. */
export function weakestFirst(perClass: readonly ClassReport[]): ClassReport[] {
  return [...perClass].sort(
    (a, b) => Number(a.support === 0) - Number(b.support === 0) || a.f1 - b.f1 || b.support - a.support,
  );
}

type Scores = Pick<ClassReport, "precision" | "recall" | "f1" | "intervals">;

function scoreCells(scores: Scores): Markup {
  const { precision, recall, f1 } = scores;
  const barPercent = Number.isFinite(f1) ? (f1 * 100).toFixed(1) : "0";
  return html`<td>${formatPercent(precision)}${intervalOf(scores, "precision")}</td>
    <td>${formatPercent(recall)}${intervalOf(scores, "recall")}</td>
    <td class="bar" style="--share:${barPercent}%">${formatPercent(f1)}${intervalOf(scores, "f1")}</td>`;
}

function intervalOf({ intervals }: Pick<ClassReport, "intervals">, key: string): Markup | null {
  const interval = intervals?.[key];
  return interval ? html`<small>${formatInterval(interval, formatPercent)}</small>` : null;
}
