/**
 * The C++ code under AddressSanitizer and UndefinedBehaviorSanitizer: its own tests, then the tests of the
 * TypeScript side that send it random and hostile calls, on an addon built the same way. `pnpm sanitize`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compile, root, run } from "./compile.mjs";

const require = createRequire(import.meta.url);
const compiler = "g++";
const hasBf16 =
  execFileSync(process.execPath, [join(root, "native", "has-bf16.mjs")], { encoding: "utf8" }) === "1\n";
const isas = [
  "kernels_portable",
  ...(process.arch === "x64" ? ["kernels_avx2", "kernels_avx512"] : []),
  ...(hasBf16 ? ["kernels_amx", "kernels_avx512_bf16"] : []),
];
// Halting at the first finding; -O1 keeps the vector code in registers and the run to minutes.
const flags = [
  "-O1",
  "-g",
  "-fno-omit-frame-pointer",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
  // As binding.gyp defines it.
  ...(hasBf16 ? ["-DCK_BF16"] : []),
];
const directory = join(root, "build", "sanitize");
const objects = join(directory, "objects");
const settings = (leaks) => [
  // A test asks for more memory than there is.
  `ASAN_OPTIONS=detect_leaks=${leaks}:abort_on_error=1:allocator_may_return_null=1`,
  "UBSAN_OPTIONS=print_stacktrace=1",
];

const program = await compile("kernels_test", { compiler, directory, objects, isas, flags });
await run("env", [...settings(1), program, ...process.argv.slice(2)]);

// Where node-gyp-build looks under the folder that its variable names.
const prebuild = join(directory, "addon");
const release = join(prebuild, "build", "Release");
mkdirSync(release, { recursive: true });
const { include_dir: headers } = require("node-api-headers");
await compile("convkit_native", { compiler, directory: release, objects, isas, flags, includes: [headers] });

const runtimes = ["libasan.so", "libubsan.so"].map((library) =>
  execFileSync(compiler, [`-print-file-name=${library}`], { encoding: "utf8" }).trim(),
);
const { name } = require("../../package.json");
await run("env", [
  // Node frees nothing at its end.
  ...settings(0),
  `LD_PRELOAD=${runtimes.join(":")}`,
  `${name.toUpperCase().replaceAll("-", "_")}_PREBUILD=${prebuild}`,
  process.execPath,
  join(root, "node_modules", "vitest", "vitest.mjs"),
  "run",
  ...[
    "test/differential",
    "test/hostile-inputs",
    "test/kernel-fuzz",
    "test/non-finite",
    "test/precision",
    "test/worker-threads",
  ],
]);
