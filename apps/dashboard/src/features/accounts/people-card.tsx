/** Who may sign in, and how someone new gets in. */
"use client";
import { Badge, Button, Card, ConfirmDialog, formatRelativeTime, Select, useToast } from "@convkit/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, type InvitationRow, type PersonRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { useOrigin } from "../queue/no-worker";
import { CommandLine } from "../runs/empty-runs";
import { QueryState, SkeletonLines } from "../shell/query-states";
import { useConfirmed } from "../shell/use-confirmed";
import { useNow } from "../shell/use-now";
import { SeenOnce } from "./tokens-card";

type Role = "admin" | "user";

const ROLES = [
  { value: "user", label: "Reviewer" },
  { value: "admin", label: "Administrator" },
] as const;

export function PeopleCard({ ownId }: { ownId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.accounts.people.queryOptions());
  const invitations = useQuery(trpc.accounts.invitations.queryOptions());
  return (
    <Card title="People" detail={query.data ? query.data.length : ""}>
      <div className="flex flex-col gap-4">
        <Invite />
        {invitations.data && invitations.data.length > 0 && <InvitationList invitations={invitations.data} />}
        <QueryState query={query} skeleton={<SkeletonLines lines={2} />}>
          {(people) => <PeopleList people={people} ownId={ownId} />}
        </QueryState>
      </div>
    </Card>
  );
}

function Invite() {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const origin = useOrigin();
  const [role, setRole] = useState<Role>("user");
  const invite = useMutation(
    trpc.accounts.invite.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.accounts.invitations.queryKey() }),
      onError: (error) =>
        toast({ title: "Nobody was invited", description: messageOfError(error), tone: "bad" }),
    }),
  );
  return (
    <>
      <div className="flex max-w-md flex-wrap gap-2">
        <Select<Role>
          label="Role of the invited person"
          value={role}
          onValueChange={setRole}
          options={ROLES}
          className="w-40"
        />
        <Button busy={invite.isPending} onClick={() => invite.mutate({ role })}>
          Make an invitation
        </Button>
      </div>
      <p className="max-w-prose text-xs text-ink-3">
        Reviewers see and change all runs, models and the queue. Administrators also make tokens and invite
        people. Both start runs, and so can run code of their own on every worker: a run may name modules,
        which the worker loads.
      </p>
      {invite.data !== undefined && (
        <SeenOnce
          title={invite.variables.role === "admin" ? "A link for an administrator" : "A link for a reviewer"}
          description="It is shown this once, and works once within seven days. Send it to the person."
          onClose={() => invite.reset()}
        >
          <CommandLine command={`${origin}/sign-up?invitation=${invite.data}`} />
        </SeenOnce>
      )}
    </>
  );
}

/** Links that nobody has followed yet. */
function InvitationList({ invitations }: { invitations: readonly InvitationRow[] }) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const { chosen: revoked, ask, close, dialog } = useConfirmed<InvitationRow>();
  const revoke = useMutation(
    trpc.accounts.revokeInvitation.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.accounts.invitations.queryKey() }),
      onError: (error) =>
        toast({ title: "The invitation still works", description: messageOfError(error), tone: "bad" }),
      onSettled: close,
    }),
  );
  return (
    <>
      <ul
        className="-mx-4 divide-y divide-line border-t border-line"
        aria-label="Invitations that nobody has followed"
      >
        {invitations.map((invitation) => (
          <li key={invitation.id} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span className="min-w-0 truncate text-sm text-ink-2">{titleOf(invitation)}</span>
            <span className="ml-auto text-xs text-ink-3 tabular-nums">
              {nowMs !== null && `made ${formatRelativeTime(nowMs, invitation.createdAt)}`}
            </span>
            <Button size="sm" variant="danger" onClick={() => ask(invitation)}>
              Revoke<span className="sr-only"> {titleOf(invitation)}</span>
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        {...dialog}
        danger
        busy={revoke.isPending}
        title={`Revoke the ${revoked ? titleOf(revoked).toLowerCase() : "invitation"}?`}
        description="Its link makes no account from now on. Another one can be made."
        confirmLabel="Revoke the invitation"
        onConfirm={() => revoked && revoke.mutate(revoked.id)}
      />
    </>
  );
}

const titleOf = ({ role }: InvitationRow) =>
  role === "admin" ? "Invitation for an administrator" : "Invitation for a reviewer";

function PeopleList({ people, ownId }: { people: readonly PersonRow[]; ownId: string }) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const { chosen: deleted, ask, close, dialog } = useConfirmed<PersonRow>();
  const remove = useMutation(
    trpc.accounts.deletePerson.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.accounts.pathKey() }),
      onError: (error) =>
        toast({ title: "The account stays", description: messageOfError(error), tone: "bad" }),
      onSettled: close,
    }),
  );
  return (
    <>
      <ul className="-mx-4 -mb-4 divide-y divide-line border-t border-line" aria-label="People">
        {people.map((person) => (
          <li key={person.id} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span className="flex min-w-0 flex-col">
              <span className="truncate text-sm font-medium text-ink">
                {person.name}
                {person.id === ownId && <span className="font-normal text-ink-3"> (you)</span>}
              </span>
              <span className="truncate text-xs text-ink-3">{person.email}</span>
            </span>
            <Badge tone={person.role === "admin" ? "accent" : "neutral"}>
              {person.role === "admin" ? "administrator" : "reviewer"}
            </Badge>
            <span className="ml-auto text-xs text-ink-3 tabular-nums">
              {nowMs !== null && `since ${formatRelativeTime(nowMs, person.createdAt)}`}
            </span>
            <Button size="sm" variant="danger" onClick={() => ask(person)}>
              Delete<span className="sr-only"> {person.name}</span>
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        {...dialog}
        danger
        busy={remove.isPending}
        title={`Delete the account of ${deleted?.name ?? ""}?`}
        description="They are signed out everywhere and cannot sign in again. What they did to runs stays."
        confirmLabel="Delete the account"
        onConfirm={() => deleted && remove.mutate(deleted.id)}
      />
    </>
  );
}
