/** From an argument list to an exit code. Every error ends here: as a sentence, or with `--json` as an object. */
import { withoutControls } from "@convkit/schema";
import { CommanderError } from "commander";
import picocolors from "picocolors";
import type { CommandContext } from "./commands/command-context.js";
import { createProgram } from "./create-program.js";
import { isTerminal } from "./display/terminal.js";
import { convkitHome } from "./env.js";
import { exitCodeOfError, isForeseen } from "./exit-code-of-error.js";
import { EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { explainUnusableHome } from "./unusable-home.js";

/** @param args without Node's own path and the script's. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const { stdout, stderr } = process;
  const json = asksForJson(args);
  let exitCode: ExitCode = EXIT_CODES.ok;
  const context: CommandContext = {
    stdout,
    stderr,
    colors: colorsOf(stdout),
    home: convkitHome(),
    exit: (code) => void (exitCode = code),
  };
  // A reader that has seen enough, such as `head`, is no error.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    await createProgram(context, { json }).parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    const error = explainUnusableHome(
      thrown instanceof Error ? thrown : new Error(String(thrown)),
      context.home,
    );
    if (error instanceof CommanderError) {
      exitCode = error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
      if (json && exitCode !== EXIT_CODES.ok) stdout.write(errorLine(error, exitCode));
      return exitCode;
    }
    exitCode = exitCodeOfError(error);
    if (json) stdout.write(errorLine(error, exitCode));
    else stderr.write(describe(error));
    return exitCode;
  }
}

/** Before the arguments are parsed: they may not parse. */
function asksForJson(args: readonly string[]): boolean {
  return args.some(
    (arg, i) => arg === "--json" || arg === "--format=json" || (arg === "--format" && args[i + 1] === "json"),
  );
}

function colorsOf(stream: NodeJS.WritableStream): CommandContext["colors"] {
  return picocolors.createColors(isTerminal(stream) && picocolors.isColorSupported);
}

function errorLine({ name, message }: Error, exitCode: ExitCode): string {
  return `${JSON.stringify({ type: "error", name, message, exitCode })}\n`;
}

/** Only an error that nobody foresaw shows where it came from. Messages name files, whose names may hold anything. */
function describe(error: Error): string {
  const colors = colorsOf(process.stderr);
  const origin = isForeseen(error)
    ? []
    : (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const lines = [error.message, ...origin].map(withoutControls);
  return `${colors.red("error")}  ${[lines[0], ...lines.slice(1).map(colors.dim)].join("\n")}\n`;
}
