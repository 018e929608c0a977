/** Lists of names in sentences: data sets may have thousands of classes, and a sentence is to be read. */

/** `ash, elm, fir, oak and 1,200 more`. */
export function nameSome(names: readonly string[], most = 4): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more.toLocaleString("en-US")} more` : "");
}
