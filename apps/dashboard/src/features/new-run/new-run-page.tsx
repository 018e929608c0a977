/** A new run: from nothing, or from the config of another one. */
"use client";
import { Button, EmptyState, Tabs } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../shell/link";
import { useMemo, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { runPath } from "../shell/links";
import { PageHeader } from "../shell/page-header";
import { QueryState, SkeletonCards } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { againConfig } from "./again-config";
import { ConfigForm } from "./config-form";
import { parseForkStep } from "./fork-locks";
import { ConfigFormProvider } from "./form-context";
import { JsonEditor } from "./json-editor";
import { isObject, type JsonObject } from "./json-value";
import { parseConfigText } from "./parse-config-text";
import { SubmitPanel } from "./submit-panel";
import { useConfigCheck } from "./use-config-check";
import { useConfigDraft } from "./use-config-draft";
import { useSuggestions } from "./use-suggestions";

export function NewRunPage() {
  const [params] = useUrlState();
  const from = params.get("from");
  const fork = parseForkStep(params.get("fork"));
  if (from) return <RunAgain key={`${from} ${fork}`} id={from} fork={fork} />;
  const given = params.get("config");
  const { config, error } = parseConfigText(given ?? "{}");
  if (error) {
    return (
      <EmptyState
        className="py-20"
        title="The config in this link cannot be read"
        description={error.message}
        action={
          <Button asChild>
            <Link href="/runs/new">Begin without it</Link>
          </Button>
        }
      />
    );
  }
  return <Draft key={given} run={null} given={config} />;
}

interface RunAgainProps {
  id: string;
  /** Of the checkpoint that the new run goes on from; null: it begins as that run did. */
  fork: ForkStep;
}

function RunAgain({ id, fork }: RunAgainProps) {
  const trpc = useTRPC();
  // As it was when the page opened: what is being written must not change under the writer.
  const query = useQuery({ ...trpc.runs.byId.queryOptions(id), staleTime: Infinity });
  return (
    <QueryState query={query} skeleton={<Loading />}>
      {(run) =>
        "model" in run.config ? (
          <Draft run={run} fork={fork} />
        ) : (
          <EmptyState
            className="py-20"
            title="This run told no config"
            description="Nothing is known of how it was trained, so it cannot be trained again from here."
            action={
              <Button asChild>
                <Link href={runPath(run.id)}>Back to the run</Link>
              </Button>
            }
          />
        )
      }
    </QueryState>
  );
}

interface DraftProps {
  run: RunDetail | null;
  fork?: ForkStep;
  /** What another page has decided of the config. */
  given?: JsonObject;
}

function Draft({ run, fork = null, given }: DraftProps) {
  const trpc = useTRPC();
  const schema = useQuery({ ...trpc.jobs.configSchema.queryOptions(), staleTime: Infinity });
  const [base] = useState(() => (run ? (structuredClone(run.config) as unknown as JsonObject) : null));
  const [start] = useState<JsonObject>(() =>
    run && base
      ? { ...againConfig(base), ...forkConfig(run.id, fork) }
      : { ...given, data: isObject(given?.["data"]) ? given["data"] : {} },
  );
  const draft = useConfigDraft(start, base);
  const check = useConfigCheck(draft.config);
  const suggestions = useSuggestions();
  const [tab, setTab] = useState("form");
  const form = useMemo(
    () => ({
      draft,
      issues: check.issues,
      suggestions: suggestions.byPath,
      datasets: suggestions.datasets,
    }),
    [draft, check.issues, suggestions.byPath, suggestions.datasets],
  );
  return (
    <div className="pb-10">
      <PageHeader
        parent={run ? { href: runPath(run.id), label: run.name } : { href: "/runs", label: "Runs" }}
        title={run ? (fork === null ? "Run again with changes" : "Fork") : "New run"}
      />
      <ConfigFormProvider value={form}>
        <div className="grid items-start gap-4 px-4 lg:grid-cols-[minmax(0,1fr)_20rem] lg:px-6">
          <Tabs
            label="Ways to write the config"
            value={tab}
            onValueChange={setTab}
            className="min-w-0"
            items={[
              {
                value: "form",
                label: "Form",
                content: (
                  <QueryState query={schema} skeleton={<SkeletonCards count={2} />}>
                    {(found) => <ConfigForm schema={found as JsonObject} />}
                  </QueryState>
                ),
              },
              {
                value: "json",
                label: "JSON",
                ...(draft.textError && { badge: <span className="text-bad">error</span> }),
                content: <JsonEditor draft={draft} />,
              },
            ]}
          />
          <SubmitPanel
            check={check}
            run={run}
            workers={suggestions.workers}
            onShowForm={() => setTab("form")}
            onShowJson={() => setTab("json")}
          />
        </div>
      </ConfigFormProvider>
    </div>
  );
}

type ForkStep = ReturnType<typeof parseForkStep>;

const forkConfig = (runId: string, step: ForkStep): JsonObject =>
  step === null ? {} : { forkedFrom: { runId, step } };

function Loading() {
  return (
    <div className="px-4 py-16 lg:px-6">
      <SkeletonCards count={2} />
    </div>
  );
}
