/** Views of a page under names: columns, filter, order and groups, brought back by a click. */
"use client";
import { Button, Icon, IconButton, Input, Popover, useToast } from "@convkit/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";

export interface SavedViewsMenuProps {
  page: "runs" | "compare";
  /** The page's query string as it would be saved. */
  query: string;
  onOpen: (query: string) => void;
}

export function SavedViewsMenu({ page, query, onOpen }: SavedViewsMenuProps) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const views = useQuery(trpc.views.list.queryOptions(page));
  const settle = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.views.list.queryKey(page) }),
    onError: (error: unknown) =>
      toast({ title: "The view was not saved", description: messageOfError(error), tone: "bad" as const }),
  };
  const save = useMutation(trpc.views.save.mutationOptions(settle));
  const remove = useMutation(trpc.views.delete.mutationOptions(settle));
  const current = views.data?.find((view) => view.query === query);
  const taken = views.data?.some((view) => view.name === name.trim());

  return (
    <Popover
      label="Saved views"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button>
          <Bookmark className="size-4 text-ink-3 max-sm:hidden" aria-hidden="true" />
          <span className="max-w-32 truncate">{current?.name ?? "Views"}</span>
        </Button>
      }
    >
      {views.data && views.data.length > 0 ? (
        <ul className="mb-3 flex max-h-64 flex-col overflow-y-auto">
          {views.data.map((view) => (
            <li key={view.id} className="flex items-center rounded-sm hover:bg-hover">
              <button
                type="button"
                aria-current={view === current ? "true" : undefined}
                onClick={() => {
                  onOpen(view.query);
                  setOpen(false);
                }}
                className="min-w-0 flex-1 cursor-pointer truncate rounded-sm px-2 py-1.5 text-left text-sm text-ink aria-[current]:font-semibold"
              >
                {view.name}
              </button>
              <IconButton
                size="sm"
                tooltip={false}
                label={`Delete the view ${view.name}`}
                onClick={() => remove.mutate(view.id)}
              >
                <Icon name="close" className="size-3.5" />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : (
        <p className="mb-3 text-sm text-ink-2">
          A view keeps columns, filter, order and groups under a name. Its link works for everyone here.
        </p>
      )}
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === "") return;
          save.mutate({ page, name: name.trim(), query }, { onSuccess: () => setName("") });
        }}
      >
        <Input
          aria-label="Name of the view"
          placeholder="Name this view"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="primary" disabled={name.trim() === ""} busy={save.isPending}>
          {taken ? "Replace" : "Save"}
        </Button>
      </form>
    </Popover>
  );
}
