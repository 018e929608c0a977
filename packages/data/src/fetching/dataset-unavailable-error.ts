/** No place gave the data set: offline, blocked, or what lies there is another file. */
import type { NamedDataset } from "./named-datasets.js";

export interface FailedSource {
  readonly address: string;
  readonly reason: string;
}

export class DatasetUnavailableError extends Error {
  override readonly name = "DatasetUnavailableError";
  readonly failures: readonly FailedSource[];

  constructor(dataset: NamedDataset, failures: readonly FailedSource[]) {
    const tried = failures.map(({ address, reason }) => `\n  ${address}: ${reason}`).join("");
    super(
      `Expected to get the data set ${dataset.name} from one of ${failures.length} places. Received:${tried}\n` +
        `Connect to the network, or bring ${Object.keys(dataset.files).join(", ")} (see ${dataset.homepage}) into a ` +
        `folder and name that folder as the data set's \`root\`.`,
    );
    this.failures = failures;
  }
}
