/**
 * Packs the WebGPU probe for a Linux machine with an NVIDIA driver and Python, but neither Node nor a network:
 * `node scripts/bundle-webgpu-probe.mjs FOLDER`, in a built workspace. Needs strip, ldd, tar and xz.
 * Node and Dawn are this machine's, so the other needs its processor and no older glibc.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { arch, argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const bench = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Vulkan loader, and what NVIDIA's driver asks for: X11 although it draws nothing, and the dispatch of libglvnd. */
const DRIVER_LIBRARIES = [
  "libvulkan.so.1",
  "libX11.so.6",
  "libXext.so.6",
  "libGLdispatch.so.0",
  "libGLX.so.0",
  "libEGL.so.1",
];
/** Of glibc: every machine has its own, and another's beside it does not start. */
const GLIBC = /^(ld-linux.*|lib(c|m|dl|pthread|rt|resolv)\.so\.\d)$/;
const MOST_MEBIBYTES = 45;

/** @param {string} folder that is made or filled anew. */
async function bundle(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const runtime = mkdtempSync(join(tmpdir(), "convkit-probe-"));
  try {
    await bundleProbe(join(runtime, "probe.mjs"));
    stripped(execPath, join(runtime, "node"));
    // Where the bundled package `webgpu` looks for it.
    const dawn = join("dist", `linux-${arch}`);
    mkdirSync(join(runtime, dawn), { recursive: true });
    stripped(join(bench, "node_modules/webgpu", dawn, "dawn.node"), join(runtime, dawn, "dawn.node"));
    copyLibraries(join(runtime, "lib"), [execPath, join(runtime, dawn, "dawn.node")]);
    const archive = join(folder, "runtime.tar.xz");
    execFileSync("tar", ["-cJf", archive, "-C", runtime, "."], {
      env: { PATH: "/usr/bin:/bin", XZ_OPT: "-6 -T0" },
    });
  } finally {
    rmSync(runtime, { recursive: true, force: true });
  }
  copyFileSync(join(bench, "src/webgpu/pytorch-gpu.py"), join(folder, "pytorch-gpu.py"));
  copyFileSync(join(bench, "scripts/run-webgpu-probe.sh"), join(folder, "run.sh"));
}

/** @param {string} outfile */
async function bundleProbe(outfile) {
  await build({
    entryPoints: [join(bench, "src/webgpu/probe.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Reached by parts of convkit that the probe has no use for.
    external: ["sharp", "jiti"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "error",
  });
}

/** @param {string} from @param {string} to */
function stripped(from, to) {
  execFileSync("strip", ["-o", to, from]);
}

/** @param {string} folder @param {string[]} binaries whose libraries go with them. */
function copyLibraries(folder, binaries) {
  mkdirSync(folder);
  const known = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  const pending = DRIVER_LIBRARIES.map((name) => {
    const path = known
      .split("\n")
      .find((line) => line.trim().startsWith(`${name} `))
      ?.split("=> ")[1];
    if (path !== undefined) return { name, path };
    throw new Error(`Expected ${name} to be installed. Received: nothing by ldconfig. Install its package.`);
  });
  pending.push(...binaries.flatMap(librariesOf));
  for (const { name, path } of pending) {
    pending.push(
      ...librariesOf(path).filter((library) => !pending.some((other) => other.name === library.name)),
    );
    copyFileSync(realpathSync(path), join(folder, name));
  }
}

/** @param {string} binary @returns {{ name: string, path: string }[]} all that ldd finds, but for glibc. */
function librariesOf(binary) {
  return execFileSync("ldd", [binary], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\S+) => (\/\S+)/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = "", path = ""]) => ({ name, path }))
    .filter(({ name }) => !GLIBC.test(name));
}

const folder = argv[2];
if (folder === undefined) throw new Error("Expected a folder to write to. Received: none. Name one.");
await bundle(resolve(folder));
const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
const mebibytes = sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
console.log(`${folder}: ${sizes.length} files, ${mebibytes.toFixed(1)} MiB`);
if (mebibytes > MOST_MEBIBYTES) {
  throw new Error(
    `Expected at most ${MOST_MEBIBYTES} MiB. Received: ${mebibytes.toFixed(1)}. Bundle fewer libraries.`,
  );
}
