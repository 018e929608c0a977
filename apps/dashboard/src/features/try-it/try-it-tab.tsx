/**
 * Pictures of the reader's own, classified by the run's model in the page itself: its files come to the browser, and the
 * pictures stay there.
 */
"use client";
import { Button, Card, EmptyState, ErrorState } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTRPC, type ArtifactRow, type RunDetail } from "../../trpc/context";
import { artifactUrl } from "../shell/links";
import { QueryState, SkeletonLines } from "../shell/query-states";
import { AnswerCard } from "./answer-card";
import { CameraView } from "./camera-view";
import { NEUTRAL } from "./disturbance";
import { PictureInput } from "./picture-input";
import { SamplePictures } from "./sample-pictures";
import { TriedList } from "./tried-list";
import { NO_ANSWER, useLiveAnswer } from "./use-live-answer";
import { useModelInPage } from "./use-model-in-page";
import { useTriedPictures, type NewPicture } from "./use-tried-pictures";

const FOLDER = "model";
const FILES = ["model.json", "weights.bin", "model-card.json"].map((name) => `${FOLDER}/${name}`);

export function TryItTab({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.artifacts.queryOptions({ runId: run.id, folder: FOLDER }));
  return (
    <QueryState query={query} skeleton={<SkeletonLines />}>
      {({ artifacts }) => {
        const missing = FILES.filter(
          (file) => !artifacts.some(({ path, stored }) => stored && path === file),
        );
        if (missing.length > 0) return <NoModel run={run} artifacts={artifacts} missing={missing} />;
        return <TryIt run={run} />;
      }}
    </QueryState>
  );
}

interface NoModelProps {
  run: RunDetail;
  artifacts: readonly ArtifactRow[];
  missing: readonly string[];
}

function NoModel({ run, artifacts, missing }: NoModelProps) {
  const isSaved = FILES.every((file) => artifacts.some(({ path }) => path === file));
  if (!isSaved) {
    const isOver = !["queued", "running"].includes(run.status);
    return (
      <EmptyState
        className="py-16"
        title={isOver ? "This run left no model" : "No trained model yet"}
        description={
          isOver
            ? "It ended before its network was saved. A run that can be resumed saves it at its end."
            : "The run saves it at its end; then it can be tried here."
        }
      />
    );
  }
  return (
    <EmptyState
      className="py-16"
      title="The model's files are on another machine"
      description={
        <>
          The run saved {missing.map((path) => path.slice(FOLDER.length + 1)).join(", ")}
          {run.folder && (
            <>
              {" "}
              in <code className="font-mono text-xs break-all">{run.folder}</code>
            </>
          )}
          , which did not arrive here. A worker delivers them when it reaches this server again.
        </>
      }
    />
  );
}

function TryIt({ run }: { run: RunDetail }) {
  const { state, open } = useModelInPage(artifactUrl(run.id, FOLDER));
  const model = state.status === "open" ? state.model : null;
  const card = state.status === "open" ? state.card : null;
  const tried = useTriedPictures(model);
  const [disturbance, setDisturbance] = useState(NEUTRAL);
  const [hasCamera, setHasCamera] = useState(false);
  const [frame, setFrame] = useState(NO_ANSWER);
  const [explains, setExplains] = useState(true);
  const [explained, setExplained] = useState<number | null>(null);
  const question = { disturbance, explained: explains ? explained : undefined };
  const live = useLiveAnswer(model, hasCamera ? null : tried.selected, question);

  const { add } = tried;
  const addPictures = useCallback(
    (pictures: readonly NewPicture[]) => {
      if (pictures.length > 0) open();
      setExplained(null);
      add(pictures);
    },
    [open, add],
  );
  const closeCamera = () => {
    setHasCamera(false);
    setFrame(NO_ANSWER);
  };

  const answered = hasCamera
    ? { ...frame, name: "Camera", label: null, undisturbed: null }
    : tried.selected && {
        ...live,
        name: tried.selected.name,
        label: tried.selected.label,
        undisturbed: tried.selected.probabilities,
      };
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[22rem_minmax(0,1fr)]">
      <Card
        title="Pictures"
        actions={
          tried.pictures.length > 0 && (
            <Button size="sm" onClick={tried.clear}>
              Clear
            </Button>
          )
        }
      >
        <div className="flex flex-col gap-4">
          {hasCamera ? (
            <CameraView
              model={model}
              question={question}
              onAnswer={(answer) => setFrame({ answer, failure: null })}
              onFailure={({ message }) => setFrame({ answer: null, failure: message })}
              onKeep={(picture) => addPictures([picture])}
              onClose={closeCamera}
            />
          ) : (
            <PictureInput
              onPictures={addPictures}
              onCamera={() => {
                open();
                setHasCamera(true);
              }}
            />
          )}
          {run.datasetHash !== null && !hasCamera && (
            <SamplePictures datasetHash={run.datasetHash} onPicture={(picture) => addPictures([picture])} />
          )}
          {tried.pictures.length > 0 && (
            <TriedList
              pictures={tried.pictures}
              selectedId={hasCamera ? null : (tried.selected?.id ?? null)}
              card={card}
              onSelect={(id) => {
                closeCamera();
                setExplained(null);
                tried.select(id);
              }}
            />
          )}
        </div>
      </Card>
      {state.status === "failed" ? (
        <Card title="The model">
          <ErrorState title="The model could not be opened" message={state.message} onRetry={open} />
        </Card>
      ) : answered ? (
        <AnswerCard
          key={hasCamera ? "camera" : tried.selected?.id}
          {...answered}
          card={card}
          engine={state.status === "open" ? state.engine : null}
          disturbance={disturbance}
          onDisturbance={setDisturbance}
          explains={explains}
          onExplains={setExplains}
          onExplain={setExplained}
        />
      ) : (
        <EmptyState
          className="py-16"
          title="No picture yet"
          description="Give it one, and see what the network takes it for, how sure it is, and what makes it change its mind."
        />
      )}
    </div>
  );
}
