/** Crops and flips as runs of columns that lie next to each other in a picture's row. */

/** Columns of a row of a picture, taken in order: pixels from, from + step, …; from −1: as many black ones. Step 0 repeats one. */
export interface PixelRun {
  readonly from: number;
  readonly step: 1 | 0 | -1;
  readonly pixels: number;
}

/** The longest runs of neighbours, forwards or backwards, of one column repeated, or of black. */
export function runsOf(columns: Int32Array): PixelRun[] {
  const runs: PixelRun[] = [];
  for (let x = 0; x < columns.length;) {
    const from = columns[x] as number;
    const next = columns[x + 1];
    const step = from < 0 ? 1 : next === from ? 0 : next === from - 1 ? -1 : 1;
    let end = x + 1;
    if (from < 0) while (columns[end] === from) end++;
    else while (end < columns.length && columns[end] === from + step * (end - x) && columns[end]! >= 0) end++;
    runs.push({ from, step, pixels: end - x });
    x = end;
  }
  return runs;
}
