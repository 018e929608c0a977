/**
 * The kernels' tests on ARM: cross-compiled, and run by qemu's user mode. `pnpm test:arm64`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { compile, root, run } from "./compile.mjs";

const compiler = "aarch64-linux-gnu-g++";
const emulator = "qemu-aarch64";

for (const tool of [compiler, emulator]) {
  if (spawnSync(tool, ["--version"]).status !== 0) {
    console.error(
      `Expected ${compiler} and ${emulator}. Received: no ${tool}. ` +
        "On Debian and Ubuntu: apt-get install g++-aarch64-linux-gnu qemu-user.",
    );
    process.exit(1);
  }
}

const binary = await compile("kernels_test", {
  compiler,
  directory: join(root, "build", "arm64"),
  objects: join(root, "build", "arm64", "objects"),
  isas: ["kernels_portable"],
  flags: ["-static"],
});
await run(emulator, [binary, ...process.argv.slice(2)]);
