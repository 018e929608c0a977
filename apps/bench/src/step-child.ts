/** The process of one TensorFlow.js peer: `step-child.js <engine> <precision> <program> <batch size>`. */
import {
  type EngineName,
  EngineUnavailableError,
  openEngine,
  type Precision,
  PrecisionUnavailableError,
} from "@convkit/engine";
import { declineTurns, serveTurns } from "./serve-turns.js";
import { type ProgramName, programs } from "./training-programs.js";

interface Configuration {
  readonly engineName: EngineName;
  readonly precision: Precision;
  readonly programName: ProgramName;
  readonly batchSize: number;
}

async function main({ engineName, precision, programName, batchSize }: Configuration): Promise<void> {
  try {
    const { versions, device } = await openEngine(engineName, { precision });
    const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    await serveTurns(`${named.join(", ")} on ${device}`, await programs[programName](batchSize));
  } catch (error) {
    if (error instanceof EngineUnavailableError) declineTurns(error.reason);
    else if (error instanceof PrecisionUnavailableError) declineTurns(error.message);
    else throw error;
  }
}

const [engineName, precision, programName, batchSize] = process.argv.slice(2);
await main({
  engineName: engineName as EngineName,
  precision: precision as Precision,
  programName: programName as ProgramName,
  batchSize: Number(batchSize),
});
