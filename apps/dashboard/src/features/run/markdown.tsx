/**
 * Notes as they are read. What a note says is hostile: raw HTML stays text, addresses keep to react-markdown's safe
 * protocols, pictures are not fetched but named, and a link tells the other side nothing.
 */
"use client";
import ReactMarkdown from "react-markdown";

export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-note">
      <ReactMarkdown
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {children}
            </a>
          ),
          img: ({ alt }) => <span className="text-ink-3">[picture: {alt || "without a text"}]</span>,
          // A page has one h1, and it is not a note's.
          h1: ({ children }) => <h3>{children}</h3>,
          h2: ({ children }) => <h4>{children}</h4>,
          h3: ({ children }) => <h5>{children}</h5>,
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
