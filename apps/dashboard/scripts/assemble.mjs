/**
 * Puts what `next build` made for a server of its own into dist/standalone, with the static files that Next.js leaves
 * out of it, so that the published package holds all that the pages need.
 *
 * pnpm links a package to where it lies; npm drops links from what it installs. So the few packages that Next.js needs
 * to serve are laid out flat.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const built = path(".next/standalone");
const target = path("dist/standalone");
const pages = join(target, "apps", "dashboard");

/** For what is not done here: pictures are made small by workers, and pages are compiled already. */
const UNUSED = /^(sharp|@img\/|detect-libc|semver|typescript|@next\/swc)/;

await rm(target, { recursive: true, force: true });
await cp(join(built, "apps", "dashboard", ".next"), join(pages, ".next"), { recursive: true });
// Without `exports` and dependencies, which mean nothing in there.
await writeFile(join(pages, "package.json"), JSON.stringify({ private: true, type: "module" }));
await cp(path(".next/static"), join(pages, ".next", "static"), { recursive: true });
if (existsSync(path("public"))) await cp(path("public"), join(pages, "public"), { recursive: true });
await rm(join(pages, ".next", "node_modules"), { recursive: true, force: true });

for (const { name, from } of await realPackages(join(built, "node_modules", ".pnpm"))) {
  if (UNUSED.test(name)) continue;
  const to = join(target, "node_modules", name);
  if (existsSync(to))
    throw new Error(`Expected one version of ${name} among what the pages need. Received: two.`);
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
}

/** @param {string} store pnpm's. @returns {Promise<{ name: string, from: string }[]>} that are no links. */
async function realPackages(store) {
  const found = [];
  for (const entry of await readdir(store)) {
    if (entry === "node_modules") continue;
    const folder = join(store, entry, "node_modules");
    for (const item of await readdir(folder, { withFileTypes: true })) {
      if (!item.isDirectory()) continue;
      const scope = item.name.startsWith("@")
        ? (await readdir(join(folder, item.name), { withFileTypes: true })).filter((child) =>
            child.isDirectory(),
          )
        : null;
      const names = scope ? scope.map((child) => `${item.name}/${child.name}`) : [item.name];
      found.push(...names.map((name) => ({ name, from: join(folder, name) })));
    }
  }
  return found;
}
