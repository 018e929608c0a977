/** A headless browser on the gallery, for the tests. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { buildGallery, type GalleryPart } from "./fixtures/gallery/build-gallery.js";

/** undefined where no browser is installed; with `CI` set that is an error. */
export const browserPath = [
  process.env.CONVKIT_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

if (browserPath === undefined) {
  const message =
    "Expected Chromium at /usr/bin/chromium or at CONVKIT_CHROMIUM. Received: none. The tests in a browser do not run.";
  if (process.env.CI) throw new Error(message);
  console.warn(message);
}

const launchArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The gallery, opened anew for each call; any error in a page fails the file that opened it. */
export function useGallery(): {
  open: (part: GalleryPart, options?: BrowserContextOptions) => Promise<Page>;
} {
  let browser: Browser | undefined;
  let url = "";
  const folder = mkdtempSync(join(tmpdir(), "convkit-ui-"));
  const errors: string[] = [];
  beforeAll(async () => {
    if (browserPath === undefined) return;
    url = await buildGallery(folder);
    browser = await chromium.launch({ executablePath: browserPath, args: launchArguments });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    if (errors.length > 0) throw new Error(errors.join("\n"));
  });
  return {
    async open(part, options = {}) {
      if (browser === undefined) throw new Error("Expected a browser. Received: none was started.");
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
      page.setDefaultTimeout(15_000);
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`${url}#${part}`);
      await page.locator("main h1").waitFor();
      return page;
    },
  };
}
