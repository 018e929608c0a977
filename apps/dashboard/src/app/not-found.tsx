/** An address that no page has. */
import { Button, EmptyState } from "@convkit/ui";
import { Link } from "../features/shell/link";

export default function NotFound() {
  return (
    <>
      <title>Not found · convkit</title>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        className="pt-24"
        title="There is no such page"
        description="The address may be mistyped, or what it led to was deleted."
        action={
          <Button asChild>
            <Link href="/runs">All runs</Link>
          </Button>
        }
      />
    </>
  );
}
