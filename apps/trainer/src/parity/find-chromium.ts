/** Which browser a page is opened in: one that is there already, of Chromium's family. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { chromiumPath, commandFolders, programFolders } from "../env.js";

/** There is no browser of Chromium's family where one would be, or it does not start or answer. */
export class BrowserUnavailableError extends Error {
  override readonly name = "BrowserUnavailableError";
}

const COMMANDS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];
const MAC_APPS = ["Chromium", "Google Chrome", "Microsoft Edge"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const WINDOWS_PROGRAMS = [
  ["Google", "Chrome", "Application", "chrome.exe"],
  ["Chromium", "Application", "chrome.exe"],
  ["Microsoft", "Edge", "Application", "msedge.exe"],
];

/** What helps where there is none, or not the right one. */
export const HOW_TO_GET_ONE =
  "Install Chromium or Chrome (Debian: apt install chromium; macOS: brew install --cask chromium), or name one by CONVKIT_CHROMIUM";

/**
 * @returns the path of what CONVKIT_CHROMIUM names, else of the first that is found.
 * @throws {BrowserUnavailableError} if there is none.
 */
export function findChromium(): string {
  const named = chromiumPath();
  const places = [
    ...COMMANDS.flatMap((command) => commandFolders().map((folder) => join(folder, command))),
    ...(process.platform === "darwin" ? MAC_APPS : []),
    ...(process.platform === "win32"
      ? programFolders().flatMap((folder) => WINDOWS_PROGRAMS.map((program) => join(folder, ...program)))
      : []),
  ];
  const found = named === undefined ? places.find(isExecutable) : isExecutable(named) ? named : undefined;
  if (found !== undefined) return found;
  throw new BrowserUnavailableError(
    `Expected a browser of Chromium's family. Received: ${named === undefined ? "none" : `CONVKIT_CHROMIUM ${named}, which cannot be run`}. ${HOW_TO_GET_ONE}.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
