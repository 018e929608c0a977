/** Which class's curve a reader looks at first: the one that is ranked worst. */

interface RankedClass {
  readonly averagePrecision?: number | undefined;
  readonly rocAuc?: number | undefined;
}

/** Index of the class with the least average precision, or ROC area where there is none; 0 where no class has either. */
export function leastArea(perClass: readonly RankedClass[]): number {
  let [least, at] = [Infinity, 0];
  perClass.forEach(({ averagePrecision, rocAuc }, index) => {
    const area = averagePrecision ?? rocAuc ?? NaN;
    if (area < least) [least, at] = [area, index];
  });
  return at;
}
