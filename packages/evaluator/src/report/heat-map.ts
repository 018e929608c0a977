/**
 * A confusion matrix as a heat map, inline SVG: rows are labels, columns predictions. Colour is the share of the
 * row's pictures: one hue for the diagonal, another for mistakes, whose square root is shown so that a mistake of
 * 1 % does not vanish beside a diagonal of 95 %.
 */
import { formatCount, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";

const LONGEST_LABEL = 24;
/** Width of a letter by its font size, on average; labels are cut before it could matter. */
const LETTER_WIDTH = 0.56;

/** Pixels of a cell and of its labels, by the number of classes. */
function sizesFor(classCount: number) {
  if (classCount <= 12) return { cell: 46, font: 13, countFont: 12 };
  if (classCount <= 24) return { cell: 28, font: 12, countFont: 9.5 };
  return { cell: 16, font: 10.5, countFont: 0 };
}

/** @param matrix counts, [label][prediction]. */
export function heatMap(matrix: readonly (readonly number[])[], classNames: readonly string[]): Markup {
  const { cell, font, countFont } = sizesFor(classNames.length);
  const names = classNames.map(shorten);
  const labelWidth = Math.ceil(Math.max(...names.map((name) => [...name].length)) * font * LETTER_WIDTH) + 10;
  // Column names rise at 45°.
  const rise = Math.ceil(labelWidth * Math.SQRT1_2) + 8;
  const size = cell * classNames.length;
  const width = labelWidth + size + rise;
  const height = rise + size + 2;

  return html`<svg
    class="heat"
    viewBox="0 0 ${width} ${height}"
    style="min-width:${Math.round(width * 0.75)}px;max-width:${Math.round(width * 1.15)}px"
    role="img"
    aria-label="Confusion matrix of ${classNames.length} classes; its numbers are in the tables beside and below"
  >
    ${names.map((name, column) => {
      const x = labelWidth + (column + 0.5) * cell;
      return html`<text class="name" font-size="${font}" transform="translate(${x} ${rise - 6}) rotate(-45)"
        ><title>${classNames[column]!}</title>${name}</text
      > `;
    })}${matrix.map((counts, row) => {
      const support = counts.reduce((total, count) => total + count, 0);
      return html`<text
          class="name"
          font-size="${font}"
          x="${labelWidth - 8}"
          y="${rise + (row + 0.5) * cell}"
          dy=".35em"
          text-anchor="end"
          ><title>${classNames[row]!}</title>${names[row]!}</text
        >
        ${counts.map((count, column) => drawCell(count, row, column, support))} `;
    })}
  </svg>`;

  function drawCell(count: number, row: number, column: number, support: number): Markup {
    const share = support === 0 ? 0 : count / support;
    const opacity = count === 0 ? 0 : 0.1 + 0.9 * (row === column ? share : Math.sqrt(share));
    const x = labelWidth + column * cell;
    const y = rise + row * cell;
    const kind = count === 0 ? "none" : row === column ? "hit" : "miss";
    const text = String(count);
    const fits = countFont > 0 && count > 0 && text.length * countFont * 0.6 < cell - 2;
    return html`<g
      ><title>${cellTitle(count, row, column, share)}</title
      ><rect
        class="${kind}"
        x="${x + 0.5}"
        y="${y + 0.5}"
        width="${cell - 1}"
        height="${cell - 1}"
        rx="${cell > 20 ? 3 : 1.5}"
        ${count === 0 ? null : html` fill-opacity="${opacity.toFixed(3)}"`}
      />${
        fits
          ? html`<text
              class="count${opacity > 0.6 ? " strong" : ""}"
              font-size="${countFont}"
              x="${x + cell / 2}"
              y="${y + cell / 2}"
              dy=".35em"
              text-anchor="middle"
              >${text}</text
            >`
          : null
      }</g
    >`;
  }

  function cellTitle(count: number, row: number, column: number, share: number): string {
    const what =
      row === column
        ? `${classNames[row]}, recognised`
        : `${classNames[row]}, taken for ${classNames[column]}`;
    return `${what}: ${formatCount(count)} (${formatPercent(share)} of ${classNames[row]})`;
  }
}

function shorten(name: string): string {
  const letters = [...name];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join("")}…` : name;
}
