/** What axe-core calls serious or critical on a page, in one text each. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export async function seriousViolations(page: Page): Promise<string[]> {
  const axe = await readFile(source, "utf8");
  const results = await page.evaluate<AxeResults>(
    `${axe}; axe.run(document, { resultTypes: ["violations"] })`,
  );
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => {
      const places = nodes.map(({ target, failureSummary }) => `${target.join(" ")} ${failureSummary ?? ""}`);
      return `${id}: ${places.join("\n")}`;
    });
}
