/** Chromium without a screen, and pages that keep account of what they ask for and what goes wrong in them. */
import { chromium, type Browser, type Page } from "playwright-core";

export interface WatchedPage {
  readonly page: Page;
  /** Addresses of requests that left the dashboard's own server. */
  readonly foreign: string[];
  /** Uncaught errors, errors on the console, and dialogs that a script opened. */
  readonly problems: string[];
}

export interface PageOptions {
  readonly url: string;
  readonly theme?: "light" | "dark";
  readonly width?: number;
}

/** @param flags of Chromium, on top of the usual ones. */
export function openBrowser(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...flags,
    ],
  });
}

export async function openPage(browser: Browser, options: PageOptions): Promise<WatchedPage> {
  const { url, theme = "light", width = 1440 } = options;
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 },
    reducedMotion: "reduce",
    colorScheme: theme,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const watched: WatchedPage = { page, foreign: [], problems: [] };
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(data|blob):/.test(address)) watched.foreign.push(address);
  });
  page.on("pageerror", (error) => watched.problems.push(error.message));
  page.on("console", (message) => {
    // Of an answer that failed the text says the status alone.
    if (message.type() === "error") {
      watched.problems.push(`${message.text()} ${decodeURIComponent(message.location().url)}`.trim());
    }
  });
  page.on("dialog", (dialog) => {
    watched.problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return watched;
}

/** Goes to a page and waits until nothing on it is still loading. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address, { waitUntil: "domcontentloaded" });
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector("main h1") !== null &&
      document.querySelector("main [aria-busy='true']") === null,
  );
}
