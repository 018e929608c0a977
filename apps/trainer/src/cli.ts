#!/usr/bin/env node
/** The `convkit` command. */
import { runCli } from "./run-cli.js";

process.exitCode = await runCli(process.argv.slice(2));
