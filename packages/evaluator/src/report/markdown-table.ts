/** Tables and plain text of GitHub's Markdown, in which no name becomes markup. */

/** The first column to the left, the others to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? " --- |" : " ---: |")).join("")}`;
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
