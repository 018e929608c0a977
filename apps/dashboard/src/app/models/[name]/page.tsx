/** One model and its versions. */
import type { Metadata } from "next";
import { ModelPage } from "../../../features/models/model-page";

interface PageProps {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: PageProps) {
  const name = decodeURIComponent((await params).name);
  return <ModelPage key={name} name={name} />;
}
