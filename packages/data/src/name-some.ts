/** Lists of names in sentences: data sets may have thousands of classes, and a sentence is to be read. */

const MOST_NAMED = 4;

/** `ash, elm, fir, oak and 1,200 more`. */
export function nameSome(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return (
    names.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more.toLocaleString("en-US")} more` : "")
  );
}
