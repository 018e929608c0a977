/**
 * How long the dashboard takes to start, and its two heaviest pages to draw, in a real Chromium over a real server: from
 * the last byte of the data to the frame that shows it, and from the start of the navigation.
 */
/// <reference lib="dom" />
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openDatabase } from "@convkit/db";
import { chromium, type Browser, type BrowserContext } from "playwright-core";
import { COMPARISON, TABLE } from "./dashboard-benchmark.js";
import { runIdOf, seedRecord, type RecordSize } from "./dashboard-record.js";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { spreadOf } from "./statistics.js";

const SIZE: RecordSize = { runs: 1000, points: 1000 };
const TARGET_MS = 500;
const CHROMIUM = "/usr/bin/chromium";
const PATIENCE_MS = 60_000;
/** A browser that uses less than this in the time between two looks rests. */
const RESTING_SECONDS = 0.02;
const LOOK_MS = 250;
const FIRST_CALL = `/api/trpc/runs.list?input=${encodeURIComponent(JSON.stringify({ limit: 1 }))}`;

interface Page {
  readonly name: string;
  readonly address: string;
  /** The call whose answers are drawn. */
  readonly procedure: string;
  /** What is there so often once all of it is drawn. */
  readonly selector: string;
  readonly count: number;
}

const pagesOf = ({ runs }: RecordSize): readonly Page[] => {
  const ids = Array.from({ length: Math.min(COMPARISON.runs, runs) }, (_, index) => runIdOf(index));
  const columns = [
    ...TABLE.metrics.map((key) => `best.${key}`),
    ...TABLE.params.map((key) => `param.${key}`),
  ];
  return [
    {
      name: `table of ${runs} runs`,
      address: `/runs?cols=${columns.join(",")}`,
      procedure: "runs.list",
      // As many as there are, or a screenful.
      selector: "main tbody tr[aria-rowindex]",
      count: Math.min(10, runs),
    },
    {
      name: `comparison: ${ids.length} runs × ${COMPARISON.keys.length} curves`,
      address: `/compare?runs=${ids.join(",")}&curves=${COMPARISON.keys.join(",")}`,
      procedure: "runs.series",
      selector: "main [data-chart] canvas",
      count: COMPARISON.keys.length,
    },
  ];
};

/** Milliseconds since the navigation began. */
interface Drawn {
  readonly answered: number;
  readonly drawn: number;
}

interface PageTimes {
  /** From the last byte of data to the frame that shows it: first visit of a browser, then with its cache. */
  readonly drawing: number[];
  readonly drawingAgain: number[];
  /** From the start of the navigation. */
  readonly whole: number[];
  readonly wholeAgain: number[];
}

/** Milliseconds since the command: the first page, and then the first call, which waits for the record. */
interface StartTimes {
  readonly page: number[];
  readonly call: number[];
}

/** @throws {Error} without Chromium. */
export async function measurePages(rounds: number, size: RecordSize = SIZE): Promise<BenchmarkResult> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`Expected a Chromium at ${CHROMIUM}. On Debian: apt install chromium.`);
  }
  const home = await mkdtemp(path.join(tmpdir(), "convkit-bench-"));
  const database = await openDatabase({ home });
  await seedRecord(database, size);
  await database.close();
  const starts: StartTimes = { page: [], call: [] };
  for (let round = 0; round < rounds; round += 1) await measureStart(home, starts);
  const { server, url } = await startDashboard(home);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const rest = await watchProcesses(browser);
    const pages = pagesOf(size);
    const times = pages.map((): PageTimes => ({
      drawing: [],
      drawingAgain: [],
      whole: [],
      wholeAgain: [],
    }));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, page] of pages.entries()) {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        const { drawing, drawingAgain, whole, wholeAgain } = times[index]!;
        const first = await visit(context, url, page, rest);
        const again = await visit(context, url, page, rest);
        await context.close();
        drawing.push(first.drawn - first.answered);
        drawingAgain.push(again.drawn - again.answered);
        whole.push(first.drawn);
        wholeAgain.push(again.drawn);
      }
    }
    return toResult(pages, times, { size, starts });
  } finally {
    await browser.close();
    await stop(server);
    await rm(home, { recursive: true, force: true });
  }
}

async function measureStart(home: string, { page, call }: StartTimes): Promise<void> {
  const begin = performance.now();
  const { server, url } = await startDashboard(home);
  try {
    for (const [path, times] of [["/runs", page] as const, [FIRST_CALL, call] as const]) {
      const answer = await fetch(url + path);
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`Expected ${path} to be answered. Received: status ${answer.status}.`);
      times.push(performance.now() - begin);
    }
  } finally {
    await stop(server);
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "close");
  server.kill("SIGTERM");
  await ended;
}

async function startDashboard(home: string): Promise<{ server: ChildProcess; url: string }> {
  const folder = path.dirname(fileURLToPath(import.meta.resolve("@convkit/dashboard/package.json")));
  const args = ["--home", home, "--port", "0", "--no-open", "--no-worker"];
  const server = spawn(process.execPath, [path.join(folder, "dist", "main.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stdout }).on("line", (line) => {
      const found = /The dashboard is at (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    server.once("close", (code) => reject(new Error(`The dashboard ended with ${code}.`)));
  });
  return { server, url };
}

/**
 * A new window loads pages of the browser's own (what lies under its address bar), at a second and a half of processor
 * time: a page measured beside them is a browser's start measured.
 *
 * @returns waits until the browser's processes have come to rest.
 */
async function watchProcesses(browser: Browser): Promise<() => Promise<void>> {
  const session = await browser.newBrowserCDPSession();
  const usedSeconds = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  return async () => {
    const end = Date.now() + PATIENCE_MS;
    for (let used = await usedSeconds(), before = -Infinity; used - before > RESTING_SECONDS;) {
      if (Date.now() > end) throw new Error("Expected the browser to come to rest. Received: one at work.");
      await setTimeout(LOOK_MS);
      [before, used] = [used, await usedSeconds()];
    }
  };
}

async function visit(
  context: BrowserContext,
  url: string,
  page: Page,
  rest: () => Promise<void>,
): Promise<Drawn> {
  const tab = await context.newPage();
  try {
    await rest();
    await tab.addInitScript(watchFrames, page);
    await tab.goto(url + page.address, { waitUntil: "commit" });
    const found = await tab.waitForFunction(() => window.convkitDrawn, undefined, { timeout: PATIENCE_MS });
    return (await found.jsonValue())!;
  } finally {
    await tab.close();
  }
}

declare global {
  interface Window {
    convkitDrawn?: Drawn;
  }
}

/** Runs in the page, before anything of it: looks at every frame whether all is there, and lets that frame be painted. */
function watchFrames({ procedure, selector, count }: Page): void {
  const look = () => {
    const busy = document.querySelector("main [aria-busy='true']") !== null;
    if (busy || document.querySelectorAll(selector).length < count) return requestAnimationFrame(look);
    return requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        const drawn = performance.now();
        const answers = (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).filter(
          ({ name }) => name.includes("/api/trpc/") && name.includes(procedure),
        );
        window.convkitDrawn = { answered: Math.max(...answers.map(({ responseEnd }) => responseEnd)), drawn };
      };
      port2.postMessage(null);
    });
  };
  requestAnimationFrame(look);
}

function toResult(
  pages: readonly Page[],
  times: readonly PageTimes[],
  { size, starts }: { size: RecordSize; starts: StartTimes },
): BenchmarkResult {
  const [startPageMs, startCallMs] = [spreadOf(starts.page), spreadOf(starts.call)];
  const data = pages.map(({ name }, index) => {
    const { drawing, drawingAgain, whole, wholeAgain } = times[index]!;
    return {
      page: name,
      drawingMs: spreadOf(drawing),
      drawingAgainMs: spreadOf(drawingAgain),
      wholeMs: spreadOf(whole),
      wholeAgainMs: spreadOf(wholeAgain),
    };
  });
  return {
    title: "The dashboard's pages in Chromium",
    notes: [
      `${size.runs} runs × 10 curves of ${size.points} points; 1440 × 900 pixels, no GPU; server, PostgreSQL and browser on one machine.`,
      `Drawing: from the last byte of the answers to the painted frame that shows all of them, curves of ${COMPARISON.points} points each. Whole: from the start of the navigation, page and scripts included.`,
      "First: a browser without a cache. Again: with it. Each in a new window that has come to rest.",
      `The dashboard answers its first page ${formatSpread(startPageMs, 0)} ms after the command, and its first call, for which PostgreSQL is there, after ${formatSpread(startCallMs, 0)} ms.`,
    ],
    columns: [
      "page",
      "drawing, ms",
      "drawing again, ms",
      "whole, ms",
      "whole again, ms",
      "target of drawing",
    ],
    rows: data.map(({ page, drawingMs, drawingAgainMs, wholeMs, wholeAgainMs }) => [
      page,
      formatSpread(drawingMs, 0),
      formatSpread(drawingAgainMs, 0),
      formatSpread(wholeMs, 0),
      formatSpread(wholeAgainMs, 0),
      `${TARGET_MS} ms: ${[drawingMs, drawingAgainMs].every(({ median }) => median <= TARGET_MS) ? "reached" : "not reached"}`,
    ]),
    data: { pages: data, size, startPageMs, startCallMs },
  };
}
