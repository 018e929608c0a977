/** A file system with nothing in it but what a test puts there, to run the bundle in. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../scripts/bundle.mjs", import.meta.url));
const CHROOT = "/usr/sbin/chroot";
/** Folder of a Vulkan device in software; empty where there is none. vitest.config.ts names it. */
const VULKAN = process.env["CONVKIT_TEST_VULKAN"] ?? "";
/** Where every x64 program of Linux asks for it. */
const LINKER = "/lib64/ld-linux-x86-64.so.2";
const DRIVER = "libvulkan_lvp.so";

/** @returns the bundle's folder, or why none can be tried here. */
export function makeBundle(): { folder: string } | { why: string } {
  if (process.platform !== "linux" || process.arch !== "x64") return { why: "it is made on x64 Linux" };
  if (spawnSync(CHROOT, ["/", "/bin/true"]).status !== 0)
    return { why: "changing the root takes root's rights" };
  if (spawnSync("apt-get", ["--version"]).status !== 0) return { why: "its libraries are Debian's" };
  if (VULKAN === "")
    return { why: "there is no Vulkan device. node packages/engine/scripts/setup-software-vulkan.mjs" };
  const folder = mkdtempSync(join(tmpdir(), "convkit-bundle-"));
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, folder], { encoding: "utf8" });
  if (status === 0) return { folder };
  rmSync(folder, { recursive: true });
  const isBuildServer = !["", "0", "false"].includes(process.env["CI"] ?? "");
  if (/Expected apt-get to download/.test(stderr) && !isBuildServer) return { why: "there is no network" };
  throw new Error(stderr);
}

export class BareRoot {
  readonly folder = mkdtempSync(join(tmpdir(), "convkit-root-"));

  constructor(bundle: string) {
    this.write("/dev/null", "");
    cpSync(bundle, join(this.folder, "bundle"), { recursive: true });
  }

  write(path: string, content: string | Uint8Array): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** The device in software as `/vulkan`, with what its driver needs and the bundle does not have. */
  addVulkan(): void {
    const lib = join(this.folder, "vulkan/lib");
    mkdirSync(lib, { recursive: true });
    const archive = join(this.folder, "bundle/runtime.tar.xz");
    const bundled = execFileSync("tar", ["-tJf", archive], { encoding: "utf8" }).split("\n");
    const names = new Set(bundled.map((name) => basename(name)));
    const driver = join(VULKAN, "lib", DRIVER);
    for (const [name, file] of librariesOf(driver)) {
      if (!names.has(name)) copyFileSync(realpathSync(file), join(lib, name));
    }
    copyFileSync(driver, join(lib, DRIVER));
    const icd = { api_version: "1.4.0", library_path: `/vulkan/lib/${DRIVER}` };
    this.write("/vulkan/icd.d/lvp_icd.json", JSON.stringify({ file_format_version: "1.0.0", ICD: icd }));
  }

  /** This machine's C library and what comes with it, at their places. */
  addGlibc(): void {
    const folder = dirname(new Map(librariesOf(process.execPath)).get("libc.so.6")!);
    const names = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2"];
    for (const file of [LINKER, ...names.map((name) => join(folder, name))]) {
      mkdirSync(join(this.folder, dirname(file)), { recursive: true });
      copyFileSync(realpathSync(file), join(this.folder, file));
    }
  }

  /** Runs the bundle by its own shell. @returns what it printed. */
  convkit(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const command = [this.folder, "/bundle/busybox", "sh", "/bundle/convkit", ...args];
    const env = { CONVKIT_VULKAN: "/vulkan", CONVKIT_HOME: "/home" };
    return spawnSync(CHROOT, command, { encoding: "utf8", env, maxBuffer: 2 ** 28 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Name and place of each, as the dynamic linker finds them. */
function librariesOf(binary: string): [string, string][] {
  const command = [`LD_LIBRARY_PATH=${join(VULKAN, "lib")}`, "ldd", binary];
  const lines = execFileSync("env", command, { encoding: "utf8" }).matchAll(/^\s*(?:(\S+) => )?(\/\S+) \(/gm);
  return [...lines].map(([, name, file]) => [name ?? basename(file!), file!]);
}
