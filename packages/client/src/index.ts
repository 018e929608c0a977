export {
  createWorkerClient,
  type Claim,
  type DatasetPack,
  type ThumbnailPack,
  type TransferOptions,
  type WorkerClient,
  type WorkerClientOptions,
} from "./worker-client.js";
export type { CallOptions } from "./calls/create-caller.js";
export type { Pauses } from "./calls/persist.js";
export {
  NotAuthorizedError,
  ServerAddressError,
  ServerError,
  ServerUnreachableError,
} from "./calls/server-errors.js";
export { FileChangedError } from "./blobs/upload-blob.js";
export {
  findShipping,
  shipJournal,
  type Shipping,
  type ShipJournalOptions,
  type ShippingState,
} from "./journal/ship-journal.js";
export { digestFile } from "./blobs/digest-file.js";
