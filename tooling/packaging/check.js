/**
 * Packs every published package and proves each tarball on its own: publint, are-the-types-wrong, declared imports,
 * an installation outside the workspace, the README's examples there. `pnpm pack-check [name…]` builds first.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { installFromTarballs } from "./clean-install.js";
import { undeclaredImports } from "./declared-imports.js";
import { makePhotos } from "./photos.js";
import { packPublishedPackages, withPrebuild } from "./published-packages.js";
import { exampleCommands, examplePrograms, installedPackages } from "./readme-examples.js";
import { runCommand } from "./run-command.js";
import { checkServedPages } from "./served-pages.js";

/** @typedef {import("./published-packages.js").PublishedPackage} PublishedPackage */

const root = fileURLToPath(new URL("../..", import.meta.url));
const tool = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));
/** Packages that are checked at a time. */
const AT_ONCE = 2;
const count = { passed: 0, failed: 0 };

/** Runs one check, which throws what it finds. @param {string} name @param {() => void | Promise<void>} act */
async function check(name, act) {
  const startedMs = performance.now();
  let failure = null;
  try {
    await act();
  } catch (error) {
    failure = error.message;
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${failure === null ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (failure !== null) console.log(failure.replaceAll(/^/gm, "       "));
  count[failure === null ? "passed" : "failed"]++;
}

/**
 * @param {PublishedPackage} published
 * @param {PublishedPackage[]} ours all of them, itself included.
 * @param {string} scratch holds `photos`.
 */
async function checkPackage(published, ours, scratch) {
  const { name, tarball } = published;
  await check(`${name}: publint`, () => runCommand(tool("publint"), [tarball, "--strict"], { cwd: root }));
  await check(`${name}: are-the-types-wrong`, () =>
    runCommand(tool("attw"), [tarball, "--profile", "esm-only"], { cwd: root }),
  );

  const readmeFile = join(published.folder, "README.md");
  const readme = existsSync(readmeFile) ? readFileSync(readmeFile, "utf8") : "";
  const named = installedPackages(readme);
  const folder = join(scratch, name);
  await check(`${name}: installs from its tarball`, () =>
    installFromTarballs(named.length > 0 ? named : [name], ours, folder),
  );
  await check(`${name}: declares what it imports`, () => {
    const undeclared = undeclaredImports(join(folder, "node_modules", name));
    if (undeclared.length > 0) throw new Error(undeclared.join("\n"));
  });

  const programs = examplePrograms(readme);
  const commands = Object.keys(published.bin).flatMap((command) => exampleCommands(readme, command));
  await check(`${name}: its README has an example`, () => {
    if (programs.length + commands.length > 0) return;
    throw new Error("Expected a README.md with a block ```js, or ```sh for a command. Received: none.");
  });
  cpSync(join(scratch, "photos"), join(folder, "photos"), { recursive: true });
  for (const [index, program] of programs.entries()) {
    const file = `example-${index + 1}.mjs`;
    writeFileSync(join(folder, file), program);
    await check(`${name}: README program ${index + 1}`, () => runCommand(execPath, [file], { cwd: folder }));
  }
  for (const command of commands) {
    await check(`${name}: ${command}`, () => runCommand("sh", ["-c", `npx ${command}`], { cwd: folder }));
  }
  if (name === "@convkit/dashboard") {
    await check(`${name}: serves its pages`, () => checkServedPages(folder, "convkit-dashboard"));
  }
  rmSync(folder, { recursive: true, force: true });
}

const chosen = argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "convkit-pack-"));
try {
  await makePhotos(scratch);
  const packages = await packPublishedPackages(root, scratch);
  // The native backend compiles itself; who needs it gets it as a release carries it, with a binary.
  const needed = await Promise.all(packages.map(withPrebuild));
  const wanted = packages.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const checkOneAfterAnother = async () => {
    for (let published; (published = wanted.shift());) {
      const others = needed.filter(({ name }) => name !== published.name);
      await checkPackage(published, [published, ...others], scratch);
    }
  };
  // An installation is mostly waiting: for the registry, for the disk.
  await Promise.all(Array.from({ length: AT_ONCE }, checkOneAfterAnother));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;
