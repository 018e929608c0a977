/** Prints 1 if the compiler at hand has what the kernels in bfloat16 are written in, 0 if not. Called by binding.gyp. */
import { spawnSync } from "node:child_process";
import { CXX } from "./env.mjs";

const [compiler, ...args] = (CXX || "g++").split(" ");
const flags = ["-mavx512bf16", "-mamx-tile", "-mamx-bf16", "-x", "c++", "-fsyntax-only", "-"];
const program = "#include <immintrin.h>\nvoid f() { _tile_dpbf16ps(0, 1, 2); }\n";
// Elsewhere there is no asking the system for the tile registers.
const has =
  process.platform === "linux" &&
  process.arch === "x64" &&
  spawnSync(compiler, [...args, ...flags], { input: program }).status === 0;
console.log(has ? 1 : 0);
