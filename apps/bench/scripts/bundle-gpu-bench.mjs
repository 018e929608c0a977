/**
 * Packs the GPU benchmark for a Linux machine with a GPU's driver and Python, but neither Node nor a network:
 * `node scripts/bundle-gpu-bench.mjs FOLDER`, in a built workspace. It is convkit's own bundle with one script more.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";

const bench = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = argv[2];
if (folder === undefined) throw new Error("Expected a folder to write to. Received: none. Name one.");

const script = `gpu-bench=${join(bench, "src/gpu/gpu-bench.ts")}`;
const packer = join(bench, "../trainer/scripts/bundle.mjs");
execFileSync(execPath, [packer, resolve(folder), "--with", script], { stdio: "inherit" });
copyFileSync(join(bench, "src/gpu/pytorch-gpu.py"), join(folder, "pytorch-gpu.py"));
copyFileSync(join(bench, "scripts/run-gpu-bench.sh"), join(folder, "run.sh"));
