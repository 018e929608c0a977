/** Crops and flips as runs of columns that lie next to each other in a picture's row. */

/** Columns of a row of a picture, taken in order: pixels from, from + step, …; from −1: as many black ones. */
export interface PixelRun {
  readonly from: number;
  readonly step: 1 | -1;
  readonly pixels: number;
}

/** The longest runs of neighbours, forwards or backwards, or of black. */
export function runsOf(columns: Int32Array): PixelRun[] {
  const runs: PixelRun[] = [];
  for (let x = 0; x < columns.length;) {
    const from = columns[x] as number;
    const step = columns[x + 1] === from - 1 ? -1 : 1;
    let end = x + 1;
    if (from < 0) while (columns[end] === from) end++;
    else while (end < columns.length && columns[end] === from + step * (end - x) && columns[end]! >= 0) end++;
    runs.push({ from, step, pixels: end - x });
    x = end;
  }
  return runs;
}
