/** What commands found out about a run beyond its judgement. A picture opens from each place, and leads to its neighbours. */
"use client";
import { formatMetric } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { TabSkeleton } from "../shell/query-states";
import { NoSmallPictures } from "../pictures/no-small-pictures";
import { lazyPart } from "../shell/lazy-part";
import { InsightSection } from "./insight-section";
import { PictureTrail } from "./picture-trail";

/** Each comes with its script when its document is there. */
const LabelSuspects = lazyPart(
  () => import("./label-suspects").then((part) => part.LabelSuspects),
  TabSkeleton,
);
const LabelSetSuspects = lazyPart(
  () => import("./label-set-suspects").then((part) => part.LabelSetSuspects),
  TabSkeleton,
);
const ExplainedPictures = lazyPart(
  () => import("./explained-pictures").then((part) => part.ExplainedPictures),
  TabSkeleton,
);
const ProjectionMap = lazyPart(
  () => import("./projection-map").then((part) => part.ProjectionMap),
  TabSkeleton,
);
const RobustnessFigures = lazyPart(
  () => import("./robustness-figures").then((part) => part.RobustnessFigures),
  TabSkeleton,
);
const VerificationTable = lazyPart(
  () => import("./measured-tables").then((part) => part.VerificationTable),
  TabSkeleton,
);
const BenchmarkTable = lazyPart(
  () => import("./measured-tables").then((part) => part.BenchmarkTable),
  TabSkeleton,
);

export function InsightTab({ run }: { run: RunDetail }) {
  const { documents } = useTRPC().runs;
  const [trail, setTrail] = useState<readonly string[]>([]);
  const open = (id: string) => setTrail([id]);
  const isMultiLabel = run.card?.isMultiLabel === true || run.config.data.multiLabel === true;
  const review = useQuery({ ...documents.labelReview.queryOptions(run.id), enabled: !isMultiLabel });
  const setReview = useQuery({ ...documents.labelSetReview.queryOptions(run.id), enabled: isMultiLabel });
  const explanations = useQuery(documents.explanations.queryOptions(run.id));
  const projection = useQuery(documents.projection.queryOptions(run.id));
  const robustness = useQuery(documents.robustness.queryOptions(run.id));
  const verification = useQuery(documents.verification.queryOptions(run.id));
  const benchmark = useQuery(documents.benchmark.queryOptions(run.id));
  return (
    <div className="flex flex-col gap-4">
      <NoSmallPictures run={run} />
      {isMultiLabel ? (
        <InsightSection
          title="Label suspects"
          query={setReview}
          tells="Which labels are probably missing or too many, by networks that have not learnt from them, and which pictures are in several splits or under several sets of labels."
          command={`convkit review ${run.id}`}
        >
          {(document) => <LabelSetSuspects run={run} review={document} onOpen={open} />}
        </InsightSection>
      ) : (
        <InsightSection
          title="Label suspects"
          query={review}
          tells="Which labels are probably wrong, by networks that have not learnt from them, and which pictures are in several splits or under several labels."
          command={`convkit review ${run.id}`}
        >
          {(document) => <LabelSuspects run={run} review={document} onOpen={open} />}
        </InsightSection>
      )}
      <InsightSection
        title="Explanations"
        query={explanations}
        tells="Where the network looked in its surest mistakes, in the pictures that it was least sure of, and in those that it had right for what may be a poor reason."
        command={`convkit explain ${run.id} --sanity`}
        detail={({ method, split, pictures }) =>
          `${method} of ${formatMetric(pictures.length)} ${split} pictures`
        }
      >
        {(document) => <ExplainedPictures run={run} explanations={document} onOpen={open} />}
      </InsightSection>
      <InsightSection
        title="Projection"
        query={projection}
        tells="The judged pictures on a plane, like ones together, as the network sees them, and the training pictures that each is nearest to."
        command={`convkit project ${run.id}`}
        detail={({ ids, split }) =>
          `${formatMetric(ids.length)} ${split} pictures; open a point to see its neighbours`
        }
      >
        {(document) => <ProjectionMap run={run} projection={document} onOpen={open} />}
      </InsightSection>
      <InsightSection
        title="Robustness"
        query={robustness}
        tells="What is left of the accuracy on pictures that are corrupted, turned, scaled or attacked."
        command={`convkit robustness ${run.id}`}
      >
        {(document) => <RobustnessFigures report={document} />}
      </InsightSection>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <InsightSection
          title="In browsers"
          query={verification}
          tells="Whether the network says in a browser what it says in Node, on the same pictures."
          command={`convkit verify ${run.id}`}
        >
          {(document) => <VerificationTable report={document} onOpen={open} />}
        </InsightSection>
        <InsightSection
          title="Speed"
          query={benchmark}
          tells="How fast the network predicts on each engine of a machine, and the memory and files that it takes."
          command={`convkit benchmark ${run.id}`}
        >
          {(document) => <BenchmarkTable report={document} />}
        </InsightSection>
      </div>
      <PictureTrail run={run} trail={trail} onTrail={setTrail} />
    </div>
  );
}
