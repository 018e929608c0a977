import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableIsas, getThreadCount, isaName, selectIsa, setThreadCount } from "./binding.js";
import { InvalidThreadCountError, UnknownIsaError } from "./errors.js";

const packageRoot = fileURLToPath(new URL("..", import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convkit-binding-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The built package as npm would install it, with no binary in it. */
function installWithoutBinary(name: string): string {
  const root = join(folder, name);
  cpSync(join(packageRoot, "dist"), join(root, "dist"), { recursive: true });
  cpSync(join(packageRoot, "package.json"), join(root, "package.json"));
  symlinkSync(join(packageRoot, "node_modules"), join(root, "node_modules"));
  return root;
}

/** What a program says that registers the backend and makes a tensor on it; on the error stream it says nothing. */
function register(root: string, env: NodeJS.ProcessEnv = {}): string {
  const program = `
    const native = await import(${JSON.stringify(join(root, "dist/index.js"))});
    try {
      native.registerNativeBackend();
      const tf = await import("@tensorflow/tfjs-core");
      await tf.setBackend("native");
      tf.tensor([1]).dispose();
      console.log(JSON.stringify({ isa: native.isaName(), threads: native.getThreadCount() }));
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  expect(stderr).toBe("");
  return stdout.trim();
}

describe("without a usable binary", () => {
  it("says where it looked and how to get one", () => {
    const root = installWithoutBinary("missing");
    const said = register(root);
    expect(said).toMatch(/^NativeBinaryMissingError: Expected the compiled addon/);
    expect(said).toContain(
      `Received: no .node file for ${process.platform}-${process.arch} under ${root}/prebuilds`,
    );
    expect(said).toContain("npm rebuild @convkit/tfjs-backend-native");
  });

  it("tells a broken binary from a missing one", () => {
    const root = installWithoutBinary("broken");
    mkdirSync(join(root, "build", "Release"), { recursive: true });
    writeFileSync(join(root, "build", "Release", "convkit_native.node"), "not a shared library");
    expect(register(root)).toMatch(
      /^NativeBinaryLoadError: Expected .*convkit_native\.node to load.* Received: /,
    );
  });
});

describe("the environment", () => {
  it("chooses the instruction set and the number of threads", () => {
    const said = register(packageRoot, { CONVKIT_ISA: "portable", CONVKIT_THREADS: "3" });
    expect(JSON.parse(said)).toEqual({ isa: "portable", threads: 3 });
  });

  it.each([
    [{ CONVKIT_ISA: "mmx" }, /^UnknownIsaError: .* Received: "mmx"/],
    [{ CONVKIT_THREADS: "many" }, /^InvalidThreadCountError: .* Received: many/],
    [{ CONVKIT_THREADS: "0" }, /^InvalidThreadCountError: .* Received: 0/],
  ])("is refused when it makes no sense: %o", (env, message) => {
    expect(register(packageRoot, env)).toMatch(message);
  });
});

describe("the addon", () => {
  it("switches among the instruction sets of this machine, the best first", () => {
    expect(availableIsas()).toContain("portable");
    expect(isaName()).toBe(process.env.CONVKIT_ISA || availableIsas()[0]);
    const before = isaName();
    for (const name of availableIsas()) {
      selectIsa(name);
      expect(isaName()).toBe(name);
    }
    expect(() => selectIsa("mmx")).toThrow(UnknownIsaError);
    selectIsa(before);
  });

  it("takes a number of threads", () => {
    const before = getThreadCount();
    expect(before).toBeGreaterThanOrEqual(1);
    setThreadCount(3);
    expect(getThreadCount()).toBe(3);
    for (const wrong of [0, -1, 1.5, NaN, 257])
      expect(() => setThreadCount(wrong)).toThrow(InvalidThreadCountError);
    setThreadCount(before);
  });
});
