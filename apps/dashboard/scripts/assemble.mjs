/**
 * Puts what `next build` made for a server of its own into dist/standalone, with the static files that Next.js leaves
 * out of it, so that the published package holds all that the pages need.
 */
import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const target = path("dist/standalone");
const pages = `${target}/apps/dashboard`;

await rm(target, { recursive: true, force: true });
await cp(path(".next/standalone"), target, { recursive: true, verbatimSymlinks: true });
await cp(path(".next/static"), `${pages}/.next/static`, { recursive: true });
if (existsSync(path("public"))) await cp(path("public"), `${pages}/public`, { recursive: true });
// Traced along with the configuration; the server in front of the pages is dist/main.js.
for (const name of ["server.js", "dist", "src", "test", "scripts"]) {
  await rm(`${pages}/${name}`, { recursive: true, force: true });
}
