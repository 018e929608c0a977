/** Names that point to a version, and are moved to another in one step. */
"use client";
import { Badge, Button, Icon, Input, Popover, useToast } from "@convkit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, type ModelRow, type ModelVersionRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";

export interface AliasesProps {
  version: ModelVersionRow;
  /** The model's, on whichever version. */
  aliases: ModelRow["aliases"];
}

const OFFERED = ["champion", "challenger"];

export function Aliases({ version, aliases }: AliasesProps) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState("");
  const settle = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() }),
    onError: (error: unknown) =>
      toast({
        title: "The alias stays where it was",
        description: messageOfError(error),
        tone: "bad" as const,
      }),
  };
  const set = useMutation(trpc.models.setAlias.mutationOptions(settle));
  const remove = useMutation(trpc.models.deleteAlias.mutationOptions(settle));
  const holder = (alias: string) => aliases.find((held) => held.alias === alias);
  const known = [...new Set([...aliases.map(({ alias }) => alias), ...OFFERED])].filter(
    (alias) => !version.aliases.includes(alias),
  );
  const { model, version: number } = version;
  const give = (alias: string) =>
    set.mutate(
      { model, version: number, alias },
      {
        onSuccess: () => {
          setOpen(false);
          setDraft("");
        },
      },
    );
  return (
    <div className="flex flex-wrap items-center gap-2">
      {version.aliases.map((alias) => (
        <Badge key={alias} tone="accent" className="pr-0.5">
          {alias}
          <button
            type="button"
            aria-label={`Take the alias ${alias} away`}
            onClick={() => remove.mutate({ model, alias })}
            className="flex size-4 cursor-pointer items-center justify-center rounded-sm hover:bg-accent hover:text-accent-ink"
          >
            <Icon name="close" className="size-3" />
          </button>
        </Badge>
      ))}
      <Popover
        label={`Aliases of version ${number}`}
        align="start"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button size="sm" variant="ghost">
            <Icon name="plus" className="size-3.5" />
            Alias
          </Button>
        }
      >
        <ul className="mb-2 flex flex-col">
          {known.map((alias) => (
            <li key={alias}>
              <button
                type="button"
                onClick={() => give(alias)}
                className="flex w-full cursor-pointer items-baseline justify-between gap-3 rounded-sm px-2 py-1.5 text-left text-sm text-ink hover:bg-hover"
              >
                {alias}
                <span className="text-xs text-ink-3">
                  {holder(alias) ? `moves from v${holder(alias)?.version}` : "nobody holds it"}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (draft.trim() !== "") give(draft.trim());
          }}
        >
          <Input
            aria-label="Another alias"
            placeholder="Another alias"
            maxLength={64}
            value={draft}
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
          <Button type="submit" busy={set.isPending} disabled={draft.trim() === ""}>
            Set
          </Button>
        </form>
      </Popover>
    </div>
  );
}
