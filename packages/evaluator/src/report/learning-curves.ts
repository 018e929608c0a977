/** The section of loss and accuracy over epochs: two charts, their legends, and the numbers as a table. */
import { tickLabels } from "./axis-ticks.js";
import { curveChart, type Curve } from "./curve-chart.js";
import { formatLoss, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import type { EpochRecord } from "./report-context.js";
import { scrollBox } from "./scroll-box.js";

interface Quantity {
  readonly title: string;
  /** Keras's name; with `val_` before it, on the validation split. */
  readonly key: string;
  readonly best: "min" | "max";
  readonly format: (value: number) => string;
  readonly formatTicks: (ticks: readonly number[]) => string[];
}

const QUANTITIES: readonly Quantity[] = [
  {
    title: "Accuracy",
    key: "accuracy",
    best: "max",
    format: (value) => formatPercent(value, 2),
    formatTicks: (ticks) => tickLabels(ticks.map((tick) => tick * 100)).map((label) => `${label}\u202f%`),
  },
  { title: "Loss", key: "loss", best: "min", format: formatLoss, formatTicks: tickLabels },
];

/** Null without a finished epoch. */
export function learningCurves(history: readonly EpochRecord[]): Markup | null {
  if (history.length === 0) return null;
  const epochs = history.map(({ epoch }) => epoch);
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Learning curves</h2>
    <div class="pair">${QUANTITIES.map((quantity) => chartCard(quantity, epochs, history))}</div>
    <details>
      <summary>All ${history.length === 1 ? "values" : `${history.length} epochs`} as a table</summary>
      ${epochTable(history)}
    </details>
  </section>`;
}

function curvesOf({ key }: Quantity, history: readonly EpochRecord[]): Curve[] {
  const read = (name: string) => history.map(({ logs }) => logs[name] ?? Number.NaN);
  const curves: Curve[] = [
    { name: "training", values: read(key) },
    { name: "validation", values: read(`val_${key}`) },
  ];
  return curves.filter(({ name }) => {
    const logged = name === "training" ? key : `val_${key}`;
    return history.some(({ logs }) => logs[logged] !== undefined);
  });
}

function chartCard(quantity: Quantity, epochs: readonly number[], history: readonly EpochRecord[]): Markup {
  const { title, format, formatTicks } = quantity;
  const curves = curvesOf(quantity, history);
  const chart = curveChart({ title, epochs, curves, format, formatTicks });
  const gaps = epochs.filter((_, index) => curves.some(({ values }) => !Number.isFinite(values[index])));
  return html`<figure class="card">
    <figcaption>
      <h3>${title}</h3>
      <ul class="legend">
        ${curves.map((curve) => legendItem(curve, quantity, epochs))}
      </ul>
    </figcaption>
    ${chart ?? html`<p class="empty">No finite value was logged.</p>`}
    ${chart !== null && gaps.length > 0 ? html`<p class="note">Not a finite number at epoch ${listEpochs(gaps)}.</p>` : null}
  </figure>`;
}

function legendItem({ name, values }: Curve, { best, format }: Quantity, epochs: readonly number[]): Markup {
  const finite = values.filter(Number.isFinite);
  const value = best === "min" ? Math.min(...finite) : Math.max(...finite);
  const epoch = epochs[values.indexOf(value)];
  return html`<li class="${name}">
    <svg viewBox="0 0 28 8" aria-hidden="true"><path class="line" d="M1 4H27" /></svg>${name}${
      finite.length === 0 ? null : html` <span>best ${format(value)}, epoch ${epoch ?? ""}</span>`
    }
  </li>`;
}

function listEpochs(epochs: readonly number[]): string {
  const shown = epochs.slice(0, 10).join(", ");
  return epochs.length > 10 ? `${shown} and ${epochs.length - 10} more` : shown;
}

function epochTable(history: readonly EpochRecord[]): Markup {
  const columns = QUANTITIES.flatMap((quantity) =>
    curvesOf(quantity, history).map((curve) => ({ quantity, curve })),
  );
  return scrollBox(
    "Learning curves as a table",
    html`<table>
      <thead>
        <tr>
          <th scope="col">Epoch</th>
          ${columns.map(({ quantity, curve }) => html`<th scope="col">${quantity.title}, ${curve.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${history.map(
          ({ epoch }, index) =>
            html`<tr>
              <th scope="row">${epoch}</th>
              ${columns.map(({ quantity, curve }) => html`<td>${quantity.format(curve.values[index]!)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>`,
  );
}
