/** One run with everything that is known of it. */
import type { Metadata } from "next";
import { RunPage } from "../../../features/run/run-page";

interface PageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).id) };
}

export default async function Page({ params }: PageProps) {
  const id = decodeURIComponent((await params).id);
  return <RunPage key={id} id={id} />;
}
