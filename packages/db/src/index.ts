export { openDatabase, DatabaseUnreachableError, type OpenDatabaseOptions } from "./open-database.js";
export type { Database } from "./database.js";
export { openCluster, type OpenClusterOptions } from "./embedded/open-cluster.js";
export { EmbeddedDatabaseError } from "./embedded/embedded-database-error.js";
export { MigrationError } from "./migrate.js";

export { ingestEvents, type IngestOptions, type IngestResult } from "./ingest/ingest-events.js";
export { UnstorableEventError } from "./ingest/storable-event.js";
export { followRuns } from "./ingest/follow-runs.js";
export {
  readJournals,
  watchJournals,
  type JournalProblem,
  type ReadJournalsOptions,
  type WatchJournalsOptions,
} from "./journals/watch-journals.js";

export {
  BlobHashError,
  BlobNotFoundError,
  BlobOffsetError,
  type BlobPart,
  type BlobStore,
} from "./blobs/blob-store.js";
export { createDiskBlobStore } from "./blobs/disk-blob-store.js";
export { settleBlob } from "./blobs/settle-artifacts.js";

export { CursorError, type PageQuery } from "./page-cursor.js";
export {
  listRuns,
  type ListRunsQuery,
  type MetricSummaryCell,
  type RunPage,
  type RunRow,
  type RunSelection,
} from "./runs/list-runs.js";
export { RunFilterError } from "./runs/run-filter.js";
export { betterOf, UnknownFieldError } from "./runs/run-fields.js";
export { groupRuns, type GroupRunsQuery, type GroupStatistics, type RunGroup } from "./runs/group-runs.js";
export {
  getSweep,
  listSweeps,
  SweepNotFoundError,
  type SweepDetail,
  type SweepPage,
  type SweepRow,
} from "./sweeps/sweeps.js";
export { type SweepRun } from "./sweeps/sweep-runs.js";
export { listFields, type RunFields } from "./runs/list-fields.js";
export {
  getRun,
  RunNotFoundError,
  type NoteRow,
  type RunAttemptRow,
  type RunDetail,
} from "./runs/get-run.js";
export {
  listArtifacts,
  type ArtifactPage,
  type ArtifactRow,
  type ListArtifactsQuery,
} from "./runs/list-artifacts.js";
export { findRunId } from "./runs/find-run-id.js";
export { QueryError, queryReadOnly, type QueryOptions, type QueryResult } from "./query/query-read-only.js";
export { readRunDocument, type RunDocument, type RunDocumentKind } from "./runs/read-run-document.js";
export {
  findArtifact,
  findArtifactsUnder,
  type ArtifactInFolder,
  type StoredArtifact,
} from "./runs/find-artifact.js";
export { requestRunEnd, RunNotReachableError } from "./runs/request-end.js";
export { readLog, type LogEntry, type ReadLogQuery } from "./runs/read-log.js";
export {
  addNote,
  archiveRuns,
  deleteNote,
  editNote,
  NoteNotFoundError,
  renameRun,
  tagRuns,
  type TagChange,
} from "./runs/edit-runs.js";
export {
  deleteRuns,
  findDeletedRuns,
  finishDeletions,
  RunInUseError,
  type DeletedRuns,
} from "./runs/delete-runs.js";
export {
  compareRuns,
  type MetricComparison,
  type ParamDifference,
  type RunComparison,
} from "./runs/compare-runs.js";
export { readParallelRuns, type ParallelQuery, type ParallelRuns } from "./runs/parallel-coordinates.js";
export { type ImportanceRow } from "./runs/param-importance.js";

export { readSeries, type Series, type SeriesAxis, type SeriesQuery } from "./series/read-series.js";

export {
  ClassesDifferError,
  getReport,
  listDisagreements,
  listPictures,
  PredictionsNotFoundError,
  type Disagreement,
  type DisagreementPage,
  type DisagreementQuery,
  type PicturePage,
  type PictureQuery,
  type PredictedPicture,
} from "./predictions/read-predictions.js";
export { readJudgements, type RunJudgements } from "./predictions/read-judgements.js";

export {
  addDataset,
  addInspection,
  addThumbnails,
  DatasetNotFoundError,
  findDatasetPack,
  findThumbnail,
  getDataset,
  listDatasets,
  listDatasetsToInspect,
  listThumbnails,
  type DatasetDetail,
  type DatasetPack,
  type DatasetPage,
  type DatasetRow,
  type Thumbnail,
  type ThumbnailPack,
  type ThumbnailPage,
  type ThumbnailQuery,
} from "./datasets/datasets.js";

export {
  deleteModelAlias,
  deleteModelVersion,
  editModelVersion,
  getModel,
  listModels,
  ModelNotFoundError,
  NoClassifierError,
  registerModelVersion,
  setModelAlias,
  type ModelDetail,
  type ModelPage,
  type ModelRow,
  type Registration,
  type VersionName,
} from "./models/models.js";

export {
  listModelVersions,
  type ListModelVersionsQuery,
  type ModelVersionPage,
  type ModelVersionRow,
} from "./models/model-versions.js";

export { deleteView, listViews, saveView, type SavedViewRow } from "./views/saved-views.js";

export { openQueue, type OpenQueueOptions, type Queue } from "./queue/open-queue.js";
export {
  endJob,
  enqueueJob,
  findJobOfRun,
  JobEndedError,
  JobNotFoundError,
  listJobs,
  prioritizeJob,
  RunExistsError,
  type EnqueueOptions,
  type JobPage,
  type JobRow,
  type ListJobsQuery,
} from "./queue/jobs.js";
export { resumeRun, RunNotResumableError } from "./queue/resume-run.js";
export { enqueueFork, findForkIssues, RunNotForkableError, type ForkIssue } from "./queue/fork-run.js";
export { readLineage, type KeptCheckpoint, type Lineage, type RelatedRun } from "./runs/read-lineage.js";
export {
  claimNextJob,
  ClaimLostError,
  completeJob,
  failJob,
  heartbeat,
  type Claim,
  type ClaimQuery,
  type JobFailure,
} from "./queue/claims.js";
export {
  checkClaimHolder,
  checkMayReport,
  checkWorkerHolder,
  TokenRightsError,
  type TokenHolder,
} from "./queue/token-rights.js";
export {
  createApiToken,
  createLocalToken,
  findApiToken,
  listApiTokens,
  listWorkers,
  registerWorker,
  revokeApiToken,
  sawWorker,
  type ApiTokenRow,
  type FoundToken,
  type WorkerRow,
} from "./queue/workers.js";

export {
  createInvitation,
  createSetupInvitation,
  InvitationError,
  listInvitations,
  revokeInvitation,
  type InvitationRow,
  type InvitedRole,
} from "./accounts/invitations.js";
export {
  AccountError,
  deletePerson,
  listPeople,
  openAccounts,
  type AcceptedInvitation,
  type Accounts,
  type AccountsOptions,
  type PersonRow,
  type SignedInUser,
} from "./accounts/open-accounts.js";
