/**
 * A confusion matrix as a heat map, inline SVG: rows are labels, columns predictions. Colour is the share of the
 * row's pictures, or of the column's, as the page's switch stands: one hue for the diagonal, another for mistakes, whose
 * square root is shown so that a mistake of 1 % does not vanish beside a diagonal of 95 %.
 */
import { formatCount, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";

const LONGEST_LABEL = 24;
/** Width of a letter by its font size, on average; labels are cut before it could matter. */
const LETTER_WIDTH = 0.56;
/** With more classes a cell without pictures is bare, and with many more it is left to the plane behind: they are most of the page. */
const MOST_CLASSES_EXPLAINED = 24;
const MOST_CLASSES_DRAWN_EMPTY = 50;

/** Pixels of a cell and of its labels, by the number of classes. */
function sizesFor(classCount: number) {
  if (classCount <= 12) return { cell: 46, font: 13, countFont: 12 };
  if (classCount <= 24) return { cell: 28, font: 12, countFont: 9.5 };
  return { cell: 16, font: 10.5, countFont: 0 };
}

/** @param matrix counts, [label][prediction]. */
export function heatMap(matrix: readonly (readonly number[])[], classNames: readonly string[]): Markup {
  const classCount = classNames.length;
  const { cell, font, countFont } = sizesFor(classCount);
  const names = classNames.map(shorten);
  const labelWidth = Math.ceil(Math.max(...names.map((name) => [...name].length)) * font * LETTER_WIDTH) + 10;
  // Column names rise at 45°.
  const rise = Math.ceil(labelWidth * Math.SQRT1_2) + 8;
  const size = cell * classCount;
  const width = labelWidth + size + rise;
  const height = rise + size + 2;
  const rowTotals = matrix.map(total);
  const columnTotals = matrix.map((_, column) => total(matrix.map((counts) => counts[column]!)));

  return html`<svg
    class="heat"
    viewBox="0 0 ${width} ${height}"
    style="min-width:${Math.round(width * 0.75)}px;max-width:${Math.round(width * 1.15)}px"
    role="img"
    aria-label="Confusion matrix of ${classCount} classes; its numbers are in the tables beside and below"
  >
    ${
      classCount > MOST_CLASSES_DRAWN_EMPTY
        ? html`<path class="none" d="M${labelWidth} ${rise}h${size}v${size}h-${size}z" />`
        : null
    }
    ${names.map((name, column) => {
      const x = labelWidth + (column + 0.5) * cell;
      return html`<text class="name" font-size="${font}" transform="translate(${x} ${rise - 6}) rotate(-45)"
        ><title>${classNames[column]!}</title>${name}</text
      > `;
    })}${matrix.map(
      (counts, row) =>
        html`<text
            class="name"
            font-size="${font}"
            x="${labelWidth - 8}"
            y="${rise + (row + 0.5) * cell}"
            dy=".35em"
            text-anchor="end"
            ><title>${classNames[row]!}</title>${names[row]!}</text
          >
          ${counts.map((count, column) => drawCell(count, row, column))} `,
    )}
  </svg>`;

  function drawCell(count: number, row: number, column: number): Markup | null {
    const box = html`x="${labelWidth + column * cell + 0.5}" y="${rise + row * cell + 0.5}"
    width="${cell - 1}" height="${cell - 1}" rx="${cell > 20 ? 3 : 1.5}"`;
    if (count === 0 && classCount > MOST_CLASSES_EXPLAINED) {
      return classCount > MOST_CLASSES_DRAWN_EMPTY ? null : html`<rect class="none" ${box} />`;
    }
    const shares = {
      row: count === 0 ? 0 : count / rowTotals[row]!,
      column: count === 0 ? 0 : count / columnTotals[column]!,
    };
    const isHit = row === column;
    const opacities = { row: opacityOf(shares.row, isHit), column: opacityOf(shares.column, isHit) };
    const title = html`<title>${cellTitle(count, { row, column }, shares)}</title>`;
    if (count === 0) return html`<g>${title}<rect class="none" ${box} /></g>`;
    const colours = `--row:${opacities.row};--column:${opacities.column}`;
    return html`<g
      >${title}<rect class="${isHit ? "hit" : "miss"}" ${box} style="${colours}" />${
        countFont === 0
          ? null
          : [
              cellText("counts", String(count), { row, column, opacity: opacities.row }),
              cellText("by-row", shareText(shares.row), { row, column, opacity: opacities.row }),
              cellText("by-column", shareText(shares.column), { row, column, opacity: opacities.column }),
            ]
      }</g
    >`;
  }

  function cellText(
    mode: string,
    text: string,
    { row, column, opacity }: { row: number; column: number; opacity: string },
  ): Markup | null {
    if (text.length * countFont * 0.6 >= cell - 2) return null;
    return html`<text
      class="count ${mode}${Number(opacity) > 0.6 ? " strong" : ""}"
      font-size="${countFont}"
      x="${labelWidth + (column + 0.5) * cell}"
      y="${rise + (row + 0.5) * cell}"
      dy=".35em"
      text-anchor="middle"
      >${text}</text
    >`;
  }

  function cellTitle(
    count: number,
    { row, column }: { row: number; column: number },
    shares: { row: number; column: number },
  ): string {
    const [label, prediction] = [classNames[row]!, classNames[column]!];
    const what = row === column ? `${label}, recognised` : `${label}, taken for ${prediction}`;
    const ofSaid = count === 0 ? "" : `, ${formatPercent(shares.column)} of what was called ${prediction}`;
    return `${what}: ${formatCount(count)} (${formatPercent(shares.row)} of ${label}${ofSaid})`;
  }
}

function opacityOf(share: number, isHit: boolean): string {
  return (0.1 + 0.9 * (isHit ? share : Math.sqrt(share))).toFixed(3);
}

/** Of a hundred: 0.0234 → "2.3", 0.412 → "41". */
function shareText(share: number): string {
  const percent = share * 100;
  return percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function shorten(name: string): string {
  const letters = [...name];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join("")}…` : name;
}
