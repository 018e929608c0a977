import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI, runConvkit } from "../fixtures/run-convkit.js";
import { trainTinyRun } from "../fixtures/train-tiny-run.js";

describe("convkit predict", () => {
  let folder: string;
  beforeAll(async () => {
    ({ folder } = await trainTinyRun());
    writeFileSync(join(folder, "pictures", "test", "dark", "broken.png"), "no picture");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Starts it with a standard input to write to. */
  function start(args: readonly string[]) {
    const child = spawn(process.execPath, [CLI, "predict", "latest", ...args, "--engine=cpu"], {
      cwd: folder,
      env: { ...process.env, CONVKIT_HOME: "", NO_COLOR: "", NODE_PATH: "" },
    });
    // A command that ends takes no more of it.
    child.stdin.on("error", () => undefined);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = once(child, "close").then(([exitCode]) => ({
      exitCode: exitCode as number,
      stderr: () => stderr,
    }));
    return { child, ended, lines: createInterface(child.stdout) };
  }

  const DARK = "pictures/test/dark/0.png";

  it("takes folders and globs beside files, and says what is wrong with the bad ones", async () => {
    const args = ["predict", "latest", DARK, "pictures/test/*/1?.png", "pictures/test/dark", "--engine=cpu"];
    const { exitCode, stdout, stderr } = await runConvkit(folder, args);
    expect(exitCode).toBe(3);
    // 1 + 2 × 10 + 24 good ones.
    expect(stdout.match(/^pictures\S+\.png$/gm)).toHaveLength(45);
    expect(stderr).toMatch(
      /^error {2}pictures\/test\/dark\/broken\.png: Expected a picture that can be decoded/,
    );
    expect(stderr).toMatch(/\n46 pictures, 1 failed, [\d.,]+ pictures\/s\n$/);
  });

  it("tells so many classes as asked for, as a table or as JSON", async () => {
    const args = ["predict", "latest", DARK, "pictures/test/bright/0.png", "--engine=cpu"];
    const table = await runConvkit(folder, [...args, "--format=table", "--top-k=1"]);
    expect(table).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^2 pictures, /) as string });
    expect(table.stdout).toMatch(/^class 1 +picture\n *[\d.]+ % {2}\w+ +pictures\/test\/dark\/0\.png\n/);
    expect(table.stdout.trimEnd().split("\n")).toHaveLength(3);
    for (const json of ["--json", "--format=json"]) {
      const told = await runConvkit(folder, [...args, json, "--top-k=1"]);
      expect(told).toMatchObject({ exitCode: 0, stderr: "" });
      expect(told.json()).toMatchObject([{ type: "prediction", image: DARK }, { type: "prediction" }]);
      expect(told.json().map(({ classes }) => (classes as object[]).length)).toEqual([1, 1]);
    }
  });

  it("predicts a list that has no end yet, and ends quietly when its reader does", async () => {
    const { child, ended, lines } = start(["-", "--json"]);
    let told = 0;
    const goOn = (): void => {
      while (child.stdin.writable && child.stdin.write(`${DARK}\n`.repeat(100)));
    };
    child.stdin.on("drain", goOn);
    goOn();
    for await (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ type: "prediction", image: DARK });
      if (++told === 3000) break;
    }
    child.stdout.destroy();
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr()]).toEqual([0, ""]);
  });

  it("takes paths that end with NUL, and stops in good order at Ctrl-C while it waits for more", async () => {
    const { child, ended, lines } = start(["-", "-0", "--json"]);
    const told: unknown[] = [];
    // More than lie ahead, so that the first are told before the list ends.
    child.stdin.write(`${DARK}\0`.repeat(100));
    for await (const line of lines) {
      if (told.push(JSON.parse(line)) === 1) child.kill("SIGINT");
    }
    const { exitCode } = await ended;
    expect(exitCode).toBe(130);
    expect(told.at(-1)).toMatchObject({ type: "error", name: "InterruptedError" });
    expect(told[0]).toMatchObject({ type: "prediction", image: DARK });
  });
});
