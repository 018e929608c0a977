/** Bundles the gallery into one folder that a browser opens from disk: script, styles, page. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "tailwindcss";
import { build } from "tsdown";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Everything in the sources that could be a class; Tailwind takes what it knows. */
function classCandidates(): string[] {
  const files = ["src", "test/gallery"].flatMap((folder) =>
    readdirSync(join(packageFolder, folder))
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(packageFolder, folder, name), "utf8")),
  );
  return [...new Set(files.flatMap((text) => text.match(/[^\s"'`]+/g) ?? []))];
}

async function styles(): Promise<string> {
  const tailwind = createRequire(import.meta.url).resolve("tailwindcss/index.css");
  const sheets: Record<string, string> = { tailwindcss: tailwind, theme: join(packageFolder, "theme.css") };
  const { build: buildStyles } = await compile('@import "tailwindcss"; @import "theme";', {
    base: packageFolder,
    loadStylesheet: (id, base) => {
      const path = sheets[id];
      if (path === undefined)
        throw new Error(`Expected one of ${Object.keys(sheets).join(", ")}. Received: ${id}.`);
      return Promise.resolve({ path, base, content: readFileSync(path, "utf8") });
    },
  });
  return buildStyles(classCandidates());
}

/** @returns the page's URL. */
export async function buildGallery(folder: string): Promise<string> {
  await build({
    config: false,
    cwd: packageFolder,
    entry: { gallery: "test/gallery/page.tsx" },
    outDir: folder,
    platform: "browser",
    format: "esm",
    dts: false,
    clean: false,
    minify: true,
    logLevel: "error",
    deps: { alwaysBundle: [/./] },
    define: { "process.env.NODE_ENV": '"production"' },
    inputOptions: { onLog: () => undefined },
  });
  const script = readdirSync(folder).find((name) => /^gallery.*js$/.test(name)) ?? "";
  // A module's script may not be loaded from disk, but may stand in the page.
  const code = readFileSync(join(folder, script), "utf8").replaceAll("</script", "<\\/script");
  const page = join(folder, "gallery.html");
  writeFileSync(
    page,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gallery</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>${await styles()}</style></head><body><div id="root"></div><script type="module">${code}</script></body></html>`,
  );
  return pathToFileURL(page).href;
}
