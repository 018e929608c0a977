/** The section of pictures grouped by a property, the worst group first. */
import type { EvaluationReport, Slice } from "@convkit/schema";
import { formatCount, formatInterval, formatPercent, formatPValue } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";

const SIGNIFICANT = 0.05;
const SLICES_SHOWN = 60;

/** Whether the slice is worse than the other pictures by more than chance explains. */
export function isWorse({ difference, pValue }: Slice): boolean {
  return difference < 0 && pValue < SIGNIFICANT;
}

/** `worse`, `better`, or nothing where chance explains the difference. */
export function verdictOn(slice: Slice): string {
  if (!(slice.pValue < SIGNIFICANT)) return "";
  return slice.difference < 0 ? "worse" : "better";
}

/** 0.021 → "+2.1 points"; what rounds to none has no sign. */
export function formatDifference(difference: number): string {
  if (!Number.isFinite(difference)) return "n/a";
  const points = Math.abs(difference * 100).toFixed(1);
  const sign = Number(points) === 0 ? "" : difference < 0 ? "−" : "+";
  return `${sign}${points} points`;
}

/** Null where the report has no slices. */
export function sliceTable({ slices = [] }: EvaluationReport): Markup | null {
  if (slices.length === 0) return null;
  return html`<section aria-labelledby="slices">
    <h2 id="slices">Groups of pictures</h2>
    <p class="lead">
      Pictures that share a property, beside all the others; the worst group first. A group is marked where
      the difference is more than chance explains (Fisher’s exact test, two-sided, corrected for the number of
      groups after Holm, p below ${SIGNIFICANT}).
    </p>
    ${scrollBox(
      "Groups of pictures",
      html`<table class="slices">
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col">Pictures</th>
            <th scope="col">Accuracy</th>
            <th scope="col">95 % interval</th>
            <th scope="col">Beside the others</th>
            <th scope="col">p</th>
            <th scope="col" class="word">Mark</th>
          </tr>
        </thead>
        <tbody>
          ${slices.slice(0, SLICES_SHOWN).map(
            (slice) =>
              html`<tr class="${verdictOn(slice)}">
                <th scope="row">${slice.by}: ${slice.value}</th>
                <td>${formatCount(slice.count)}</td>
                <td>${formatPercent(slice.accuracy)}</td>
                <td>${formatInterval(slice.interval, formatPercent)}</td>
                <td>${formatDifference(slice.difference)}</td>
                <td>${formatPValue(slice.pValue)}</td>
                <td class="word mark">${verdictOn(slice)}</td>
              </tr> `,
          )}
        </tbody>
      </table>`,
      "card",
    )}
    ${
      slices.length > SLICES_SHOWN
        ? html`<p class="note">
            The ${SLICES_SHOWN} worst of ${formatCount(slices.length)} groups; report.json holds all.
          </p>`
        : null
    }
  </section>`;
}
