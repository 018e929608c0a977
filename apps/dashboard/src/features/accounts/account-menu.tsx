/** Who is signed in, and the way out; nothing where nobody signs in. */
"use client";
import { DropdownMenu, IconButton, useToast } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { CircleUser } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useTRPC } from "../../trpc/context";
import { useConnected } from "../../trpc/live-provider";
import { signInPath } from "./safe-next";
import { signOut } from "./sign-in";

export function AccountMenu() {
  const router = useRouter();
  const leave = useSignOut();
  const caller = useSignedIn();
  if (!caller) return null;
  return (
    <DropdownMenu
      align="start"
      trigger={
        <IconButton label={`Account of ${caller.name}`} tooltip={false}>
          <CircleUser className="size-4" aria-hidden="true" />
        </IconButton>
      }
      items={[
        { kind: "heading", label: `Signed in as ${caller.name}` },
        { label: "Settings", onSelect: () => router.push("/settings") },
        { kind: "separator" },
        { label: "Sign out", onSelect: leave },
      ]}
    />
  );
}

/** Whoever is signed in; null where nobody signs in. A session that is over leads to the sign-in page. */
function useSignedIn() {
  const trpc = useTRPC();
  const isConnected = useConnected();
  const { data: session, refetch } = useQuery(trpc.accounts.session.queryOptions());
  // A server that refuses to tell of changes may have forgotten who asks.
  useEffect(() => {
    if (!isConnected) void refetch();
  }, [isConnected, refetch]);
  const isOver = session?.demandsSignIn === true && session.caller === null;
  useEffect(() => {
    if (isOver) window.location.assign(signInPath(window.location));
  }, [isOver]);
  return session?.demandsSignIn && session.caller?.kind === "user" ? session.caller : null;
}

export function useSignOut(): () => void {
  const toast = useToast();
  return () => {
    void signOut().then((isOut) => {
      if (isOut) window.location.assign("/sign-in");
      else
        toast({ title: "You are still signed in", description: "The server does not answer.", tone: "bad" });
    });
  };
}
