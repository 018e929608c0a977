/** A form for a new run, or for one that is like another. */
import type { Metadata } from "next";
import { NewRunPage } from "../../../features/new-run/new-run-page";

export const metadata: Metadata = { title: "New run" };

export default function Page() {
  return <NewRunPage />;
}
