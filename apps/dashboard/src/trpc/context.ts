/** Typed calls to the server, and the names of what they answer with. */
import type { AppInputs, AppOutputs, AppRouter } from "@convkit/api";
import { createTRPCContext } from "@trpc/tanstack-react-query";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type RunRow = AppOutputs["runs"]["list"]["runs"][number];
export type RunDetail = AppOutputs["runs"]["byId"];
export type VerdictInput = AppInputs["runs"]["verdict"];
export type RunVerdict = AppOutputs["runs"]["verdict"];
export type RunFields = AppOutputs["runs"]["fields"];
export type RunGroup = AppOutputs["runs"]["group"][number];
export type SweepRow = AppOutputs["sweeps"]["list"]["sweeps"][number];
export type SweepDetail = AppOutputs["sweeps"]["byId"];
export type SweepRun = SweepDetail["runs"][number];
export type Series = AppOutputs["runs"]["series"][number];
export type SeriesInput = AppInputs["runs"]["series"];
export type LogEntry = AppOutputs["runs"]["log"][number];
export type EvaluationReport = NonNullable<AppOutputs["runs"]["report"]>;
export type PicturesInput = AppInputs["runs"]["pictures"];
export type PredictedPicture = AppOutputs["runs"]["pictures"]["pictures"][number];
export type DatasetInspection = NonNullable<AppOutputs["datasets"]["byHash"]["inspection"]>;
export type DatasetRow = AppOutputs["datasets"]["list"]["datasets"][number];
export type DatasetCard = AppOutputs["datasets"]["byHash"]["card"];
export type ModelRow = AppOutputs["models"]["list"]["models"][number];
export type ModelDetail = AppOutputs["models"]["byName"];
export type ModelVersionRow = AppOutputs["models"]["versions"]["versions"][number];
export type KeptCheckpoint = AppOutputs["runs"]["lineage"]["checkpoints"][number];
export type RelatedRun = AppOutputs["runs"]["lineage"]["forks"][number];
export type NoteRow = RunDetail["notes"][number];
export type ArtifactRow = AppOutputs["runs"]["artifacts"]["artifacts"][number];
export type JobRow = AppOutputs["jobs"]["list"]["jobs"][number];
export type WorkerRow = AppOutputs["jobs"]["workers"][number];
export type TrainInput = AppInputs["jobs"]["train"];
export type TokenRow = AppOutputs["jobs"]["tokens"][number];
export type PersonRow = AppOutputs["accounts"]["people"][number];
export type InvitationRow = AppOutputs["accounts"]["invitations"][number];
export type Explanations = NonNullable<AppOutputs["runs"]["documents"]["explanations"]["document"]>;
export type Projection = NonNullable<AppOutputs["runs"]["documents"]["projection"]["document"]>;
export type LabelSetReview = NonNullable<
  AppOutputs["runs"]["documents"]["labelSetReview"]["document"]
>;
export type LabelReview = NonNullable<AppOutputs["runs"]["documents"]["labelReview"]["document"]>;
export type RobustnessReport = NonNullable<AppOutputs["runs"]["documents"]["robustness"]["document"]>;
export type VerificationReport = NonNullable<AppOutputs["runs"]["documents"]["verification"]["document"]>;
export type BenchmarkReport = NonNullable<AppOutputs["runs"]["documents"]["benchmark"]["document"]>;
