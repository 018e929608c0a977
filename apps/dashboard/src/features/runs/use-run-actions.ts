/** What is done to runs, from the table and from a run's page; each says what came of it. */
"use client";
import { formatBytes, useToast } from "@convkit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";

const runsOf = (count: number) => (count === 1 ? "1 run" : `${count} runs`);

export function useRunActions() {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.runs.pathKey() });
  const refuse = (title: string) => (error: unknown) =>
    toast({ title, description: messageOfError(error), tone: "bad" });

  const remove = useMutation(
    trpc.runs.delete.mutationOptions({
      onSuccess: async ({ runs, freedBytes }) => {
        toast({
          title: `${runsOf(runs)} deleted`,
          description: `${formatBytes(freedBytes)} came back`,
          tone: "good",
        });
        await refresh();
      },
      onError: refuse("Nothing was deleted"),
    }),
  );
  const archive = useMutation(
    trpc.runs.archive.mutationOptions({
      onSuccess: async (_, { ids, archived }) => {
        toast({
          title: `${runsOf(ids.length)} ${archived ? "archived" : "taken out of the archive"}`,
          tone: "good",
          action: { label: "Undo", onSelect: () => archive.mutate({ ids, archived: !archived }) },
        });
        await refresh();
      },
      onError: refuse("Nothing was archived"),
    }),
  );
  const tag = useMutation(
    trpc.runs.tag.mutationOptions({ onSuccess: refresh, onError: refuse("The tags stay as they were") }),
  );
  const rename = useMutation(
    trpc.runs.rename.mutationOptions({ onSuccess: refresh, onError: refuse("The name stays as it was") }),
  );
  const end = useMutation(
    trpc.runs.end.mutationOptions({
      onSuccess: (_, { action }) =>
        void toast({
          title: action === "stop" ? "The run was asked to stop" : "The run was asked to cancel",
          description:
            action === "stop"
              ? "It finishes its step, judges its best weights and writes its report."
              : "It ends at its next step, and is not judged.",
        }),
      onError: refuse("The run was not asked to end"),
    }),
  );
  return { remove, archive, tag, rename, end };
}
