import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Explanations } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { explainRun } from "./explain-run.js";
import { projectRun } from "./project-run.js";
import { train } from "./train.js";

let root: string;
let run: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-looks-"));
  writeSquares(join(root, "squares"), { train: 60, test: 60 });
  run = join(root, "run");
  // Hardly trained: there are mistakes to explain.
  await train(squaresConfig(join(root, "squares"), { epochs: 1, learningRate: 1e-4 }), runOptions(run));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Aborts once the line is told, as a signal comes: only where the work lets it in. */
function stoppedAt(line: string) {
  const stopping = new AbortController();
  return {
    ...runOptions(run),
    signal: stopping.signal,
    onProgress(text: string) {
      if (text.startsWith(line)) setImmediate(() => stopping.abort(new Error(`stopped at ${line}`)));
    },
  };
}

describe("explaining a run that is stopped", () => {
  const folder = () => join(run, "artifacts", "explanations");
  const explain = { method: "grad-cam", sanity: true } as const;
  const files = () => readdirSync(folder()).sort();
  const read = () => {
    const text = readFileSync(join(folder(), "index.json"), "utf8");
    return { text, named: Explanations.parse(JSON.parse(text)).pictures.map(({ file }) => file) };
  };
  beforeAll(() => explainRun(run, { ...runOptions(run), ...explain }));

  it.each([
    { line: "looking for poor reasons: 0", written: 0 },
    { line: "features of train", written: 0 },
    // A batch of them, before the second.
    { line: "grad-cam: 0", written: 13 },
    // All of them, before there is an index.
    { line: "sanity check", written: 24 },
  ])("leaves the earlier explanations whole at $line", async ({ line, written }) => {
    const [earlier, before] = [read(), files()];
    await expect(explainRun(run, { ...stoppedAt(line), ...explain })).rejects.toThrow(`stopped at ${line}`);
    expect(read().text).toBe(earlier.text);
    expect(earlier.named.filter((name) => !existsSync(join(folder(), name)))).toEqual([]);
    const more = files().filter((name) => !before.includes(name));
    expect(more.length).toBeGreaterThanOrEqual(written);
    expect(more.filter((name) => !name.endsWith(".png"))).toEqual([]);

    // The next one takes away what was left over.
    await explainRun(run, { ...runOptions(run), ...explain });
    expect(files()).toEqual([...read().named, "index.json"].sort());
  });
});

describe("projecting a run that is stopped", () => {
  it.each(["features of test", "principal components: iteration 2", "UMAP: epoch"])(
    "leaves the earlier projection at %s",
    async (line) => {
      const { path } = await projectRun(run, runOptions(run));
      const before = readFileSync(path, "utf8");
      await expect(projectRun(run, stoppedAt(line))).rejects.toThrow(`stopped at ${line}`);
      expect(readFileSync(path, "utf8")).toBe(before);
      expect(readdirSync(join(run, "artifacts")).filter((name) => name.includes(".tmp"))).toEqual([]);
    },
  );
});
