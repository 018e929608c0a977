/**
 * The section of how far probabilities can be taken at their word: the reliability diagram (Guo et al. 2017, §2,
 * https://arxiv.org/abs/1706.04599), with how many pictures stand behind each of its points.
 */
import type { Calibration, EvaluationReport } from "@convkit/schema";
import { formatCount, formatLoss, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";
import { unitChart, type UnitLine } from "./unit-chart.js";

/** Null where the report has no calibration, or no picture. */
export function calibrationSection(report: EvaluationReport): Markup | null {
  const { calibration, temperature, testCount } = report;
  if (!calibration || testCount === 0) return null;
  return html`<section aria-labelledby="calibration">
    <h2 id="calibration">Can it be taken at its word?</h2>
    <p class="lead">
      Pictures gathered by how sure the network was of its answer, and how often it was right. On the dashed
      line it is right as often as it is sure; below it, it is over-confident, above it, under-confident.
    </p>
    <div class="card beside-table">
      <figure>
        <figcaption>
          <h3>Reliability diagram</h3>
          <ul class="legend">
            <li class="before">
              <svg viewBox="0 0 28 8" aria-hidden="true"><path class="line" d="M1 4H27" /></svg>as it is
            </li>
            ${
              temperature
                ? html`<li class="after">
                    <svg viewBox="0 0 28 8" aria-hidden="true"><path class="line" d="M1 4H27" /></svg>with the
                    temperature
                  </li>`
                : null
            }
          </ul>
        </figcaption>
        ${unitChart({
          label:
            "Reliability diagram: how often it is right, by how sure it is; its numbers are in the table below",
          xTitle: "how sure it was",
          yTitle: "how often it was right",
          hasDiagonal: true,
          lines: [
            ...(temperature ? [lineOf(temperature.calibration, "after", "with the temperature")] : []),
            lineOf(calibration, "before", "as it is"),
          ],
          bars: {
            title: "pictures",
            shares: calibration.bins.map(({ count }) => count / testCount),
            names: calibration.bins.map((bin) => `${rangeOf(bin)}: ${formatCount(bin.count)} pictures`),
          },
        })}
      </figure>
      <div>${errorTable(report, calibration)}${temperature ? temperatureNote(temperature) : null}</div>
    </div>
    <details>
      <summary>The diagram as a table</summary>
      ${scrollBox("Reliability diagram as a table", binTable(calibration, temperature?.calibration))}
    </details>
  </section>`;
}

function lineOf({ bins }: Calibration, kind: string, name: string): UnitLine {
  const filled = bins.filter(({ count }) => count > 0);
  const points = {
    x: filled.map(({ confidence }) => confidence),
    y: filled.map(({ accuracy }) => accuracy),
  };
  return { kind, name, points, hasDots: true };
}

function rangeOf({ lower, upper }: Calibration["bins"][number]): string {
  return `${formatPercent(lower, 0).replace("\u202f%", "")} to ${formatPercent(upper, 0)}`;
}

/** Figure, what it is of the network as it is, what with the temperature. */
export function calibrationFigures({
  calibration,
  temperature,
  brierScore,
  loss,
}: EvaluationReport): [string, string, string?][] {
  if (!calibration) return [];
  const after = temperature?.calibration;
  const row = (name: string, key: "ece" | "eceEqualMass" | "mce"): [string, string, string?] => [
    name,
    formatPercent(calibration[key], 2),
    ...(after ? ([formatPercent(after[key], 2)] as const) : ([] as const)),
  ];
  return [
    row("Expected calibration error", "ece"),
    row("the same, bins of equally many pictures", "eceEqualMass"),
    row("Maximum calibration error", "mce"),
    [
      "Loss (nats)",
      formatLoss(loss),
      ...(temperature ? ([formatLoss(temperature.loss)] as const) : ([] as const)),
    ],
    ...(brierScore === undefined
      ? []
      : [
          [
            "Brier score (0 to 2)",
            formatLoss(brierScore),
            ...(temperature ? ([""] as const) : ([] as const)),
          ] as [string, string, string?],
        ]),
  ];
}

function errorTable(report: EvaluationReport, calibration: Calibration): Markup {
  return scrollBox(
    "Calibration errors",
    html`<table>
      <caption>
        How far off, over ${calibration.bins.length} bins
      </caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">As it is</th>
          ${report.temperature ? html`<th scope="col">With the temperature</th>` : null}
        </tr>
      </thead>
      <tbody>
        ${calibrationFigures(report).map(
          ([name, ...values]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${values.map((value) => html`<td>${value ?? ""}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>`,
  );
}

function temperatureNote({ value, split, count }: NonNullable<EvaluationReport["temperature"]>): Markup {
  return html`<p class="note">
    The temperature, ${formatLoss(value)}, divides the logits before they become probabilities. It was fitted
    on ${formatCount(count)} ${split} pictures; it changes how sure the network is, and no answer.
  </p>`;
}

function binTable({ bins }: Calibration, after: Calibration | undefined): Markup {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Sure</th>
        <th scope="col">Pictures</th>
        <th scope="col">Mean sureness</th>
        <th scope="col">Right</th>
        ${
          after
            ? html`<th scope="col">Pictures with the temperature</th>
                <th scope="col">Mean sureness</th>
                <th scope="col">Right</th>`
            : null
        }
      </tr>
    </thead>
    <tbody>
      ${bins.map(
        (bin, index) =>
          html`<tr>
            <th scope="row">${rangeOf(bin)}</th>
            ${binCells(bin)}${after ? binCells(after.bins[index]!) : null}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function binCells({ count, confidence, accuracy }: Calibration["bins"][number]): Markup {
  return html`<td>${formatCount(count)}</td>
    <td>${formatPercent(confidence)}</td>
    <td>${formatPercent(accuracy)}</td>`;
}
