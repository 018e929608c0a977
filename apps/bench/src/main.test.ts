/** The program itself, where no native binary is to be found. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "convkit-bench-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function bench(name: string, env: NodeJS.ProcessEnv) {
  const file = path.join(folder, `${name}.json`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, name, "--rounds", "1", "--json", file],
    {
      encoding: "utf8",
      env: { ...process.env, ...env },
    },
  );
  return { status, stdout, stderr, results: JSON.parse(readFileSync(file, "utf8")).results[name] };
}

describe("without a native backend", () => {
  const env = () => ({ "@CONVKIT/TFJS_BACKEND_NATIVE_PREBUILD": folder });
  const reason = expect.stringMatching(/no \.node file .*npm rebuild/);

  it("no kernel's target is reached", () => {
    const { status, stdout, results } = bench("kernels", env());
    expect(status).toBe(0);
    expect(stdout).toMatch(/^3×3 s1 64→64 @16² +forward +not measured +75 %: not measured$/m);
    expect(stdout).not.toMatch(/: reached/);
    // 7 convolutions with a target and three kernels each, 2 first layers with two.
    expect(results.kernels).toHaveLength(7 * 3 + 2 * 2);
    const [first] = results.kernels;
    expect(first).toMatchObject({ notMeasured: reason, target: 0.75, verdict: "not measured" });
    expect(results.kernels.at(-1)).toMatchObject({ kernel: "filter gradient", target: null, verdict: null });
  });

  it("scaling is not measured", () => {
    const { status, stdout, results } = bench("scaling", env());
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 +not measured: /m);
    for (const row of results) expect(row).toEqual({ threads: expect.any(Number), notMeasured: reason });
  });
});

it("says what to put right where a variable is misspelt", () => {
  const { status, stdout, results } = bench("kernels", { CONVKIT_ISA: "mmx" });
  expect(status).toBe(1);
  expect(stdout).toContain("Unset CONVKIT_ISA");
  expect(results.notMeasured).toContain('Received: "mmx"');
});
