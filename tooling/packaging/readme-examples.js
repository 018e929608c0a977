/**
 * The programs and commands of a README: every fenced block marked `js` is a whole program, every line of a block
 * marked `sh` that calls the package's own command is a command. Other blocks are prose.
 */

/**
 * @param {string} markdown
 * @param {string} language of the fence.
 * @returns {string[]} contents, in order.
 */
function fencedBlocks(markdown, language) {
  return [...markdown.matchAll(/^```(\S*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]);
}

/** @param {string} markdown @returns {string[]} the packages that its `npm install` line names. */
export function installedPackages(markdown) {
  const line = fencedBlocks(markdown, "sh").find((block) => block.startsWith("npm install "));
  return line === undefined ? [] : line.split("\n")[0].split(" ").slice(2);
}

/** @param {string} markdown @returns {string[]} programs. */
export const examplePrograms = (markdown) => fencedBlocks(markdown, "js");

/**
 * @param {string} markdown
 * @param {string} command name of the executable, e.g. `convkit`.
 * @returns {string[]} command lines as a shell takes them, without `npx`, comments, or continuation.
 */
export const exampleCommands = (markdown, command) =>
  fencedBlocks(markdown, "sh")
    .flatMap((block) => block.replaceAll("\\\n", "").split("\n"))
    .map((line) => line.replace(/^npx (--yes )?/, "").trim())
    .filter((line) => line === command || line.startsWith(`${command} `));
