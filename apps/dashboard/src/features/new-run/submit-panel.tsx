/** Beside the form: what still keeps the run from being taken, what differs, who may train it, and the button. */
"use client";
import { Button, Card, Icon, Segmented, Select } from "@convkit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC, type RunDetail, type TrainInput, type WorkerRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { NoWorkerHelp } from "../queue/no-worker";
import { isHere } from "../queue/worker-standing";
import { runPath } from "../shell/links";
import { useNow } from "../shell/use-now";
import { Changes } from "./changes";
import { forkOf } from "./fork-locks";
import { useConfigForm } from "./form-context";
import { Problems } from "./problems";
import type { CheckedConfig } from "./use-config-check";

export interface SubmitPanelProps {
  check: CheckedConfig;
  /** That is repeated. */
  run: RunDetail | null;
  workers: readonly WorkerRow[] | undefined;
  onShowForm: () => void;
  onShowJson: () => void;
}

const PRIORITIES = [
  { value: "-10", label: "Later" },
  { value: "0", label: "In turn" },
  { value: "10", label: "Sooner" },
] as const;

const ANY = "any";

export function SubmitPanel({ check, run, workers, onShowForm, onShowJson }: SubmitPanelProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const { draft } = useConfigForm();
  const [priority, setPriority] = useState<(typeof PRIORITIES)[number]["value"]>("0");
  const [onlyWorker, setOnlyWorker] = useState(ANY);
  const train = useMutation(
    trpc.jobs.train.mutationOptions({
      onSuccess: async ({ runId }) => {
        router.push(runPath(runId));
        await queryClient.invalidateQueries({ queryKey: trpc.jobs.pathKey() });
        await queryClient.invalidateQueries({ queryKey: trpc.runs.pathKey() });
      },
    }),
  );
  const trainers = (workers ?? []).filter(({ description }) => description.kinds.includes("train"));
  const here = nowMs === null ? trainers : trainers.filter((worker) => isHere(worker, nowMs));
  const isReady = !check.isBehind && check.issues.length === 0 && draft.textError === null && !check.error;
  const isFork = forkOf(draft.config) !== null;
  const submit = () =>
    train.mutate({
      config: draft.config as unknown as TrainInput["config"],
      priority: Number(priority),
      ...(onlyWorker !== ANY && !isFork && { onlyWorker }),
    });
  return (
    <aside aria-label="Into the queue" className="flex flex-col gap-4 lg:sticky lg:top-4 lg:pt-13">
      <Card>
        <div className="flex flex-col gap-4">
          <Problems check={check} workers={here} onShowForm={onShowForm} onShowJson={onShowJson} />
          <div className="flex flex-col gap-3">
            <div className="flex flex-col gap-1">
              <span className="text-sm font-medium text-ink" aria-hidden="true">
                Its turn
              </span>
              <Segmented
                label="Its turn"
                value={priority}
                onValueChange={setPriority}
                options={PRIORITIES}
                className="w-full *:flex-1"
              />
            </div>
            <div className="flex flex-col gap-1">
              <span className="text-sm font-medium text-ink" aria-hidden="true">
                Worker
              </span>
              {isFork ? (
                <p className="text-sm text-ink-3">The one that holds the checkpoint.</p>
              ) : (
                <Select
                  label="Worker"
                  value={onlyWorker}
                  onValueChange={setOnlyWorker}
                  options={[
                    { value: ANY, label: "Any that is free" },
                    ...trainers.map(({ description: { id, name } }) => ({
                      value: id,
                      label: `Only ${name}`,
                    })),
                  ]}
                />
              )}
            </div>
          </div>
          {train.error && (
            <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm whitespace-pre-wrap text-bad">
              {messageOfError(train.error)}
            </p>
          )}
          <Button
            variant="primary"
            className="w-full"
            disabled={!isReady}
            busy={train.isPending || train.isSuccess}
            onClick={submit}
          >
            Put into the queue
          </Button>
        </div>
      </Card>
      {workers !== undefined && here.length === 0 && (
        <Card title="No worker is here">
          <p className="mb-2 flex items-start gap-2 text-sm text-warn">
            <Icon name="alert" className="mt-0.5" />
            The run waits until one comes.
          </p>
          <NoWorkerHelp />
        </Card>
      )}
      {run && <Changes run={run} />}
    </aside>
  );
}
