/** The section of ROC and precision–recall curves: how far each class's pictures rank before the others, at every threshold. */
import type { ClassReport, CurveFamily, CurvePoints, EvaluationReport } from "@convkit/schema";
import { formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";
import { unitChart, type UnitLine } from "./unit-chart.js";

const WEAKEST_SHOWN = 3;
/** Where the curves are read for the table. */
const READ_AT = [0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95];

interface Ranking {
  readonly id: string;
  readonly title: string;
  readonly key: "roc" | "precisionRecall";
  /** The area of a class's curve. */
  readonly areaOf: (row: ClassReport) => number | undefined;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly hasDiagonal: boolean;
}

const RANKINGS: readonly Ranking[] = [
  {
    id: "roc",
    title: "ROC curves",
    key: "roc",
    areaOf: ({ rocAuc }) => rocAuc,
    xTitle: "false alarms: others that get its name",
    yTitle: "its pictures that are found",
    hasDiagonal: true,
  },
  {
    id: "precision-recall",
    title: "Precision–recall curves",
    key: "precisionRecall",
    areaOf: ({ averagePrecision }) => averagePrecision,
    xTitle: "recall: its pictures that are found",
    yTitle: "precision",
    hasDiagonal: false,
  },
];

/** Null where the report has no curves. */
export function rankingSection(report: EvaluationReport): Markup | null {
  const shown = RANKINGS.filter(({ key }) => report[key] !== undefined);
  if (shown.length === 0) return null;
  const noun = report.meanAveragePrecision === undefined ? "class" : "label";
  return html`<section aria-labelledby="ranking">
    <h2 id="ranking">At every threshold</h2>
    <p class="lead">
      Each ${noun} against the others, as its threshold falls from 1 to 0. The closer a ROC curve comes to the
      upper left corner, and a precision–recall curve to the upper right one, the better; the area beneath is
      100 % of a perfect one. Where a ${noun} is rare, precision–recall tells more.
    </p>
    <div class="pair">${shown.map((ranking) => chartCard(ranking, report[ranking.key]!, report))}</div>
    <details>
      <summary>The curves as a table</summary>
      ${shown.map((ranking) =>
        scrollBox(`${ranking.title} as a table`, curveTable(ranking, report[ranking.key]!, report)),
      )}
    </details>
  </section>`;
}

function chartCard(ranking: Ranking, family: CurveFamily, report: EvaluationReport): Markup {
  const { title, xTitle, yTitle, hasDiagonal } = ranking;
  // Of too many classes to draw, the report has the areas alone.
  const weakest = family.classes.length === 0 ? [] : weakestOf(ranking, report);
  const lines = [
    ...family.classes.flatMap((points, index) =>
      weakest.includes(index) ? [] : [lineOf("faint", report.perClass[index]!, points)],
    ),
    ...weakest.map((index, rank) =>
      lineOf(`weak weak-${rank + 1}`, report.perClass[index]!, family.classes[index]!),
    ),
    ...(family.macro ? [{ kind: "macro", name: "mean of the classes", points: family.macro }] : []),
    { kind: "micro", name: "all decisions together", points: family.micro },
  ];
  return html`<figure class="card">
    <figcaption>
      <h3>${title}</h3>
      <ul class="legend">
        ${legendItem("micro", "all decisions together", family.microArea)}
        ${family.macro ? legendItem("macro", "mean of all", family.macroArea) : null}
        ${weakest.map((index, rank) => {
          const row = report.perClass[index]!;
          return legendItem(`weak weak-${rank + 1}`, row.className, ranking.areaOf(row) ?? NaN);
        })}
      </ul>
    </figcaption>
    ${unitChart({
      label: `${title} of ${report.classNames.length} classes; areas and points are in the table below`,
      xTitle,
      yTitle,
      hasDiagonal,
      lines,
    })}
  </figure>`;
}

function lineOf(kind: string, { className }: ClassReport, points: CurvePoints): UnitLine {
  return { kind, name: className, points };
}

function legendItem(kind: string, name: string, area: number): Markup {
  return html`<li class="${kind}">
    <svg viewBox="0 0 28 8" aria-hidden="true"><path class="line" d="M1 4H27" /></svg>${name}
    <span>${formatPercent(area, 2)}</span>
  </li> `;
}

/** Indices of the classes with the smallest areas, the smallest first; none where there are too few to stand out. */
function weakestOf({ areaOf }: Ranking, { perClass }: EvaluationReport): number[] {
  const rated = perClass
    .map((row, index) => ({ index, area: areaOf(row) ?? NaN }))
    .filter(({ area }) => Number.isFinite(area))
    .sort((a, b) => a.area - b.area);
  return rated.slice(0, WEAKEST_SHOWN).map(({ index }) => index);
}

function curveTable(ranking: Ranking, family: CurveFamily, { perClass }: EvaluationReport): Markup {
  const { title, areaOf, key } = ranking;
  const rows = [
    { name: "All decisions together", area: family.microArea, points: family.micro },
    ...(family.macro ? [{ name: "Mean of all", area: family.macroArea, points: family.macro }] : []),
    ...perClass.map((row, index) => ({
      name: row.className,
      area: areaOf(row) ?? NaN,
      points: family.classes[index] ?? { x: [], y: [] },
    })),
  ];
  const columns = key === "roc" ? "found at false alarms of" : "precision at a recall of";
  return html`<table>
    <caption>
      ${title}: area, and ${columns}
    </caption>
    <thead>
      <tr>
        <th scope="col">Curve</th>
        <th scope="col">Area</th>
        ${READ_AT.map((at) => html`<th scope="col">${formatPercent(at, 0)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, area, points }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${formatPercent(area, 2)}</td>
            ${READ_AT.map((at) => html`<td>${formatPercent(key === "roc" ? readOff(points, at) : precisionAt(points, at))}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** The highest y at or left of x: what a threshold can reach without more false alarms. */
function readOff({ x, y }: CurvePoints, at: number): number {
  const reached = y.filter((_, index) => x[index]! <= at + 1e-9);
  return reached.length === 0 ? NaN : Math.max(...reached);
}

/** The highest precision at such a recall or more. */
function precisionAt({ x, y }: CurvePoints, at: number): number {
  const reached = y.filter((_, index) => x[index]! >= at - 1e-9);
  return reached.length === 0 ? NaN : Math.max(...reached);
}
