import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ModelCard, VerificationReport } from "@convkit/schema";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI, runConvkit, startConvkit } from "../src/fixtures/run-convkit.js";
import { trainTinyRun } from "../src/fixtures/train-tiny-run.js";

describe("convkit verify", () => {
  let folder: string;
  let directory: string;
  beforeAll(async () => {
    ({ folder, directory } = await trainTinyRun());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (name: string): unknown => JSON.parse(readFileSync(join(directory, name), "utf8"));

  it("compares Node with a real browser on the pictures the run was judged on, and keeps what it measured", async () => {
    const { exitCode, stderr, json } = await runConvkit(folder, ["verify", "latest", "--limit=10", "--json"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const { type, ...told } = json()[0]!;
    expect(type).toBe("verification");
    const report = VerificationReport.parse(told);
    expect(report).toMatchObject({
      split: "test",
      backend: "wasm",
      isAlike: true,
      disagreements: [],
      undecodable: [],
    });
    expect(report.browser).toMatch(/^\w.* \d+\.\d+\.\d+/);
    // PNG: both decoders have the same pixels.
    for (const parity of [report.sameBytes, report.files!]) {
      expect(parity).toMatchObject({ count: 10, agreement: 1 });
      expect(parity.largestLogitDifference).toBeLessThan(1e-3);
    }
    expect(read("artifacts/verification.json")).toEqual(told);
    const { verifiedAt, engine, browser, backend, sameBytes, files } = report;
    const card = ModelCard.parse(read("model/model-card.json"));
    expect(card.verification).toEqual({ verifiedAt, engine, browser, backend, sameBytes, files });
    const events = readFileSync(join(directory, "events.jsonl"), "utf8").trim().split("\n");
    expect(events.slice(-3).map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
      "artifacts/verification.json",
      "model/model-card.json",
      "model/README.md",
    ]);
  });

  it("takes pictures by name, and tells of those that a side cannot decode", async () => {
    writeFileSync(join(folder, "broken.png"), "no picture");
    await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .tiff()
      .toFile(join(folder, "red.tif"));
    const args = [
      "broken.png",
      "red.tif",
      "pictures/test/dark",
      "--limit=4",
      "--backend=cpu",
      "--engine=cpu",
    ];
    const { exitCode, stdout, stderr } = await runConvkit(folder, ["verify", "latest", ...args]);
    // One of four files is more than 1 %.
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error {2}broken\.png: Expected a picture that can be decoded/);
    expect(stdout).toMatch(/^browser +\w.*, cpu$/m);
    expect(stdout).toMatch(
      /^same pixels +4 pictures: logits differ by .* at most, .*; 100\.0 % decided alike$/m,
    );
    expect(stdout).toMatch(/^from files +3 pictures: /m);
    expect(stdout).toMatch(/red\.tif: Expected a picture that this browser can decode/);
    expect(stdout).toMatch(/^verdict +not comparable: the browser could not decode 1 of 4 files$/m);
    expect(read("artifacts/verification.json")).toMatchObject({ isAlike: false, undecodableCount: 1 });
  });

  it("stops in good order at Ctrl-C while it waits for more paths", async () => {
    const before = read("artifacts/verification.json");
    writeFileSync(join(folder, "broken.png"), "no picture");
    const args = [CLI, "verify", "latest", "-", "--engine=cpu", "--backend=cpu", "--json"];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, CONVKIT_HOME: "", NO_COLOR: "", NODE_PATH: "" },
    });
    const ended = once(child, "close");
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stdin.write("broken.png\n");
    for await (const line of createInterface(child.stderr)) {
      expect(line).toContain("error  broken.png: Expected a picture that can be decoded");
      child.kill("SIGINT");
    }
    const [exitCode] = (await ended) as [number];
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      type: "error",
      name: "InterruptedError",
      message: "Stopped. Nothing was kept.",
    });
    expect(read("artifacts/verification.json")).toEqual(before);
  });

  it("says how to get a browser where there is none, and keeps nothing", async () => {
    const before = read("artifacts/verification.json");
    const running = startConvkit(folder, ["verify", "latest"], { CONVKIT_CHROMIUM: "/nowhere/chromium" });
    const { exitCode, stderr } = await running.finished;
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      "Received: CONVKIT_CHROMIUM /nowhere/chromium, which cannot be run. Install Chromium",
    );
    expect(read("artifacts/verification.json")).toEqual(before);
  });
});
