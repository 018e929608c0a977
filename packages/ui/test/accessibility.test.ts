import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, ElementContext } from "axe-core";
import { describe, expect, test } from "vitest";
import { browserPath, useGallery } from "./browser.js";

const { open } = useGallery();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const parts = ["controls", "curves", "tables", "matrices", "pictures", "facts"] as const;

/** Thousands of the same: the small matrix says as much, and lines of a chart are no text. */
const context: ElementContext = { exclude: [["[data-lines]"], ['[data-testid="hundred"]']] };

describe.skipIf(browserPath === undefined).each([
  ["light", 1440],
  ["dark", 1440],
  ["light", 390],
] as const)("axe-core finds no serious violation, %s, %s pixels wide:", (colorScheme, width) => {
  test.each(parts)("%s", async (part) => {
    const page = await open(part, { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
    await page.evaluate(axe);
    // As a text: the types of axe's context are too deep for those of `evaluate`.
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(context)})`);
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 160))
            .join(" | ")}`,
      );
    expect(serious).toEqual([]);
    await page.close();
  });
});
