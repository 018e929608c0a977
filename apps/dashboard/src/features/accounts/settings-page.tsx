/** What is set for the dashboard as a whole: who gets in, by account or by token, and how it looks here. */
"use client";
import { Button, Card } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import type { Theme } from "../shell/preference";
import { PageHeader } from "../shell/page-header";
import { QueryState, SkeletonCards } from "../shell/query-states";
import { ThemeMenu } from "../shell/theme-menu";
import { useSignOut } from "./account-menu";
import { PeopleCard } from "./people-card";
import { TokensCard } from "./tokens-card";

export function SettingsPage({ theme }: { theme: Theme }) {
  const trpc = useTRPC();
  const leave = useSignOut();
  const query = useQuery(trpc.accounts.session.queryOptions());
  return (
    <div className="pb-10">
      <PageHeader title="Settings" />
      <div className="flex max-w-3xl flex-col gap-4 px-4 lg:px-6">
        <QueryState query={query} skeleton={<SkeletonCards count={1} height="h-24" />}>
          {({ caller, demandsSignIn }) => {
            const user = caller?.kind === "user" ? caller : null;
            return (
              <>
                {demandsSignIn && user && (
                  <Card>
                    <div className="flex flex-wrap items-center gap-3">
                      <p className="min-w-0 flex-1 text-sm text-ink-2">
                        Signed in as <strong className="font-semibold text-ink">{user.name}</strong>,{" "}
                        {user.isAdmin ? "an administrator" : "a reviewer"}
                      </p>
                      <Button onClick={leave}>Sign out</Button>
                    </div>
                  </Card>
                )}
                {user?.isAdmin ? (
                  <TokensCard />
                ) : (
                  <Card title="Workers' tokens">
                    <p className="text-sm text-ink-2">Administrators make them. Ask one of yours.</p>
                  </Card>
                )}
                {demandsSignIn && user?.isAdmin && <PeopleCard ownId={user.id} />}
                {!demandsSignIn && (
                  <Card title="People">
                    <p className="max-w-prose text-sm text-ink-2">
                      Nobody signs in: this dashboard is bound to its own machine, and whoever reaches it is
                      its user. To let others in, start it with{" "}
                      <code className="font-mono text-xs">--host</code> and{" "}
                      <code className="font-mono text-xs">CONVKIT_SECRET</code>; people are then invited here.
                    </p>
                  </Card>
                )}
              </>
            );
          }}
        </QueryState>
        {/* On a phone the bar has no room for it. */}
        <Card className="md:hidden">
          <div className="flex items-center justify-between gap-3">
            <span className="text-sm text-ink">Light or dark</span>
            <ThemeMenu initial={theme} />
          </div>
        </Card>
      </div>
    </div>
  );
}
