/**
 * Compiles the kernels beside it to WebAssembly and writes it into the sources as text, so that who installs or bundles the
 * package needs no loader for .wasm files: `pnpm build:kernels`. A test holds the text against what is compiled anew.
 */
import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const SOURCES = ["pixel-kernels.ts", "color-kernels.ts", "warp-kernels.ts"];
const target = fileURLToPath(new URL("../src/kernels/pixel-kernels-wasm.ts", import.meta.url));

/** @returns {Promise<string>} the text of src/kernels/pixel-kernels-wasm.ts. */
export async function compileKernels() {
  /** @type {Map<string, string | Uint8Array>} */
  const written = new Map();
  const { error, stderr } = await asc.main(
    [...SOURCES, "--outFile", "kernels.wasm", "--runtime", "stub", "--enable", "simd", "-O3", "--noAssert"],
    {
      readFile: (name) => (SOURCES.includes(name) ? readFile(new URL(name, import.meta.url), "utf8") : null),
      writeFile: (name, contents) => void written.set(name, contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`Expected the kernels to compile. Received: ${error.message}\n${stderr}`);
  const base64 = Buffer.from(written.get("kernels.wasm") ?? "").toString("base64");
  return (
    "/** Compiled from assembly/*-kernels.ts by assembly/build.js; not written by hand. Base64 of WebAssembly. */\n" +
    `export const PIXEL_KERNELS_WASM =\n  "${base64}";\n`
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) await writeFile(target, await compileKernels());
