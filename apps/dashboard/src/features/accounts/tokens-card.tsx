/** Tokens by which workers and scripts on other machines are let in. */
"use client";
import { Badge, Button, Card, ConfirmDialog, formatRelativeTime, Input, useToast } from "@convkit/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, type TokenRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { useOrigin } from "../queue/no-worker";
import { CommandLine } from "../runs/empty-runs";
import { QueryState, SkeletonLines } from "../shell/query-states";
import { useConfirmed } from "../shell/use-confirmed";
import { useNow } from "../shell/use-now";

export function TokensCard() {
  const trpc = useTRPC();
  const query = useQuery(trpc.jobs.tokens.queryOptions());
  return (
    <Card title="Workers' tokens" detail="for workers and scripts on other machines">
      <div className="flex flex-col gap-4">
        <p className="max-w-prose text-sm text-ink-2">
          A worker shows its token to be given jobs and to deliver runs; it opens nothing else. The worker
          that comes with this dashboard needs none.
        </p>
        <p className="max-w-prose text-sm text-ink-2">
          A run may name modules, which the worker loads: whoever starts runs here can run code of their own
          on the worker&apos;s machine, with the rights of the user that the worker runs as.
        </p>
        <NewToken />
        <QueryState query={query} skeleton={<SkeletonLines lines={2} />}>
          {(tokens) => <TokenList tokens={tokens} />}
        </QueryState>
      </div>
    </Card>
  );
}

function NewToken() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const origin = useOrigin();
  const [name, setName] = useState("");
  const create = useMutation(
    trpc.jobs.createToken.mutationOptions({
      onSuccess: async () => {
        setName("");
        await queryClient.invalidateQueries({ queryKey: trpc.jobs.tokens.queryKey() });
      },
    }),
  );
  return (
    <>
      <form
        className="flex max-w-md gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") create.mutate({ name: name.trim() });
        }}
      >
        <Input
          aria-label="What the token is for"
          placeholder="What it is for: gpu-1"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" busy={create.isPending} disabled={name.trim() === ""}>
          Make a token
        </Button>
      </form>
      {create.error && (
        <p role="alert" className="text-sm text-bad">
          {messageOfError(create.error)}
        </p>
      )}
      {create.data && (
        <SeenOnce
          title={`The token for ${create.variables.name}`}
          onClose={() => create.reset()}
          description="It is shown this once. On the other machine:"
        >
          <CommandLine command={`convkit worker --server ${origin} --token ${create.data.token}`} />
          <CommandLine command={create.data.token} />
        </SeenOnce>
      )}
    </>
  );
}

export interface SeenOnceProps {
  title: string;
  description: string;
  onClose: () => void;
  children: React.ReactNode;
}

/** A secret that nobody can read again. */
export function SeenOnce({ title, description, onClose, children }: SeenOnceProps) {
  return (
    <section
      role="status"
      className="flex animate-appear flex-col gap-2 rounded-lg border border-accent/40 bg-accent-soft p-3"
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="text-sm font-semibold break-words text-ink">{title}</h3>
          <p className="text-xs text-ink-2">{description}</p>
        </div>
        <Button size="sm" onClick={onClose}>
          I have it
        </Button>
      </div>
      {children}
    </section>
  );
}

function TokenList({ tokens }: { tokens: readonly TokenRow[] }) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const { chosen: revoked, ask, close, dialog } = useConfirmed<TokenRow>();
  const revoke = useMutation(
    trpc.jobs.revokeToken.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.jobs.tokens.queryKey() }),
      onError: (error) =>
        toast({ title: "The token still works", description: messageOfError(error), tone: "bad" }),
      onSettled: close,
    }),
  );
  if (tokens.length === 0) return <p className="text-sm text-ink-3">No token was made yet.</p>;
  return (
    <>
      <ul className="-mx-4 -mb-4 divide-y divide-line border-t border-line" aria-label="Tokens">
        {tokens.map((token) => (
          <li key={token.id} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span
              className={`min-w-0 truncate text-sm font-medium ${token.revokedAt === null ? "text-ink" : "text-ink-3"}`}
            >
              {token.name}
            </span>
            {token.revokedAt !== null && <Badge>revoked</Badge>}
            <span className="ml-auto text-xs text-ink-3 tabular-nums">
              {nowMs !== null && lifeOf(token, nowMs)}
            </span>
            {token.revokedAt === null && (
              <Button size="sm" variant="danger" onClick={() => ask(token)}>
                Revoke<span className="sr-only"> {token.name}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        {...dialog}
        danger
        busy={revoke.isPending}
        title={`Revoke the token ${revoked?.name ?? ""}?`}
        description="Whoever shows it is refused from now on. Jobs of its workers go to others."
        confirmLabel="Revoke the token"
        onConfirm={() => revoked && revoke.mutate(revoked.id)}
      />
    </>
  );
}

function lifeOf({ createdAt, lastUsedAt, revokedAt }: TokenRow, nowMs: number): string {
  if (revokedAt !== null) return formatRelativeTime(nowMs, revokedAt);
  const used = lastUsedAt === null ? "never used" : `used ${formatRelativeTime(nowMs, lastUsedAt)}`;
  return `made ${formatRelativeTime(nowMs, createdAt)}, ${used}`;
}
