/**
 * The section of how far probabilities can be taken at their word: the reliability diagram (Guo et al. 2017, §2,
 * https://arxiv.org/abs/1706.04599), with how many pictures stand behind each of its points.
 */
import type { Calibration, EvaluationReport } from "@convkit/schema";
import { formatCount, formatLoss, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";
import { unitChart, type UnitLine } from "./unit-chart.js";

const WORDS = {
  lead:
    "Pictures gathered by how sure the network was of its answer, and how often it was right. On the dashed line it is right " +
    "as often as it is sure; below it, it is over-confident, above it, under-confident.",
  counted: "pictures",
  sure: "how sure it was",
  right: "how often it was right",
};
/** Every label of every picture counts as one. */
const WORDS_OF_LABEL_SETS = {
  lead:
    "Every label of every picture, gathered by the probability that the network gave it, and how often the picture had it. " +
    "On the dashed line these are alike; below it, labels are held too likely, above it, not likely enough.",
  counted: "labels of pictures",
  sure: "probability of a label",
  right: "how often it was there",
};

/** Null where the report has no calibration, or no picture. */
export function calibrationSection(report: EvaluationReport): Markup | null {
  const { calibration, temperature, testCount } = report;
  if (!calibration || testCount === 0) return null;
  const words = report.meanAveragePrecision === undefined ? WORDS : WORDS_OF_LABEL_SETS;
  const total = calibration.bins.reduce((sum, { count }) => sum + count, 0);
  return html`<section aria-labelledby="calibration">
    <h2 id="calibration">Can it be taken at its word?</h2>
    <p class="lead">${words.lead}</p>
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
          label: `Reliability diagram: ${words.right}, by ${words.sure}; its numbers are in the table below`,
          xTitle: words.sure,
          yTitle: words.right,
          hasDiagonal: true,
          lines: [
            ...(temperature ? [lineOf(temperature.calibration, "after", "with the temperature")] : []),
            lineOf(calibration, "before", "as it is"),
          ],
          bars: {
            title: words.counted,
            shares: calibration.bins.map(({ count }) => count / total),
            names: calibration.bins.map(
              (bin) => `${rangeOf(bin)}: ${formatCount(bin.count)} ${words.counted}`,
            ),
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
  meanAveragePrecision,
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
            `Brier score (0 to ${meanAveragePrecision === undefined ? 2 : 1})`,
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
