/** Tables and plain text of GitHub's Markdown, in which no name becomes markup. */

/** @param words names of columns that are set to the left, as the first one is; the others are figures. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  words: readonly string[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = `|${head.map((name, index) => (index === 0 || words.includes(name) ? " --- |" : " ---: |")).join("")}`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** One line of plain text: what Markdown or HTML would read as markup is escaped. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]#|~$!]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;");
}
