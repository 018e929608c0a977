/** The process of one TensorFlow.js peer: `step-child.js <engine> <program> <batch size>`. */
import { type EngineName, EngineUnavailableError, openEngine } from "@convkit/engine";
import { declineTurns, serveTurns } from "./serve-turns.js";
import { type ProgramName, programs } from "./training-programs.js";

async function main(engineName: EngineName, programName: ProgramName, batchSize: number): Promise<void> {
  try {
    const { versions, device } = await openEngine(engineName);
    const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    await serveTurns(`${named.join(", ")} on ${device}`, programs[programName](batchSize));
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    declineTurns(error.reason);
  }
}

const [engineName, programName, batchSize] = process.argv.slice(2);
await main(engineName as EngineName, programName as ProgramName, Number(batchSize));
