/** One model: its versions, which of them the aliases point to, and what makes the newest better. */
"use client";
import { ConfirmDialog, Select, useToast } from "@convkit/ui";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC, type ModelDetail, type ModelVersionRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { MoreButton } from "../shell/more-button";
import { PageHeader } from "../shell/page-header";
import { usePageTitle } from "../shell/page-title";
import { QueryState, SkeletonLines } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { VersionCard } from "./version-card";

const PAGE = 30;

export function ModelPage({ name }: { name: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.models.byName.queryOptions(name));
  usePageTitle(name);
  return (
    <div className="pb-10">
      <PageHeader title={name} parent={{ href: "/models", label: "Models" }} />
      <div className="px-4 lg:px-6">
        <QueryState query={query} skeleton={<SkeletonLines />}>
          {(model) => <Versions model={model} />}
        </QueryState>
      </div>
    </div>
  );
}

/** Aliases by which a version is served; the first that some version holds is what others are compared with at first. */
const SERVING = ["champion", "production", "best"];

function Versions({ model }: { model: ModelDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const toast = useToast();
  const queryClient = useQueryClient();
  const query = useInfiniteQuery(
    trpc.models.versions.infiniteQueryOptions(
      { model: model.name, limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const [deleting, setDeleting] = useState<ModelVersionRow | null>(null);
  const remove = useMutation(
    trpc.models.deleteVersion.mutationOptions({
      onSuccess: async () => {
        setDeleting(null);
        if (model.versions === 1) router.push("/models");
        await queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() });
      },
      onError: (error) =>
        toast({ title: "The version stays", description: messageOfError(error), tone: "bad" }),
    }),
  );
  const held = model.aliased.flatMap((version) => version.aliases.map((alias) => ({ alias, version })));
  const [params, update] = useUrlState();
  const chosen = held.find(({ alias }) => alias === params.get("against"));
  const usual = SERVING.flatMap((name) => held.filter(({ alias }) => alias === name))[0] ?? held[0];
  const reference = chosen ?? usual;
  return (
    <>
      {reference && held.length > 1 && (
        <div className="mb-3 flex flex-wrap items-center gap-2 text-sm text-ink-2">
          Compared with what is
          <Select
            label="Compared with"
            size="sm"
            value={reference.alias}
            onValueChange={(alias) => update({ against: alias === usual?.alias ? null : alias })}
            options={held.map(({ alias, version }) => ({
              value: alias,
              label: `${alias} → v${version.version}`,
            }))}
            className="w-48!"
          />
        </div>
      )}
      <QueryState query={query} skeleton={<SkeletonLines />}>
        {({ pages }) => (
          <ol className="flex flex-col gap-4">
            {pages
              .flatMap(({ versions }) => versions)
              .map((version) => (
                <li key={version.version}>
                  <VersionCard
                    version={version}
                    aliases={model.aliases}
                    reference={reference?.version.version === version.version ? undefined : reference}
                    onDelete={() => setDeleting(version)}
                  />
                </li>
              ))}
          </ol>
        )}
      </QueryState>
      <MoreButton query={query} />
      <ConfirmDialog
        open={deleting !== null}
        onOpenChange={(open) => !open && setDeleting(null)}
        danger
        busy={remove.isPending}
        title={`Delete version ${deleting?.version ?? ""}?`}
        description="Its aliases and its stage go with it. The run and its files stay."
        confirmLabel="Delete the version"
        onConfirm={() => deleting && remove.mutate({ model: model.name, version: deleting.version })}
      />
    </>
  );
}
