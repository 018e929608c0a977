/**
 * Notes as they are read: GitHub's Markdown, lexed by marked and shown as React elements, never as HTML, which keeps a
 * page with notes within its 300 KB of script. What a note says is hostile: raw HTML stays text, links go to the web or
 * to mail, pictures are not fetched but named, and a link tells the other side nothing.
 */
"use client";
import { lexer, type Token, type Tokens } from "marked";
import { createElement, Fragment, type ReactNode } from "react";

export function Markdown({ text }: { text: string }) {
  return <div className="prose-note">{renderAll(lexer(text))}</div>;
}

function renderAll(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{render(token as MarkedToken)}</Fragment>);
}

type MarkedToken =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.List
  | Tokens.Blockquote
  | Tokens.Code
  | Tokens.Table
  | Tokens.Hr
  | Tokens.Space
  | Tokens.Def
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Del
  | Tokens.Codespan
  | Tokens.Br
  | Tokens.Link
  | Tokens.Image
  | Tokens.Checkbox
  | Tokens.Escape
  | Tokens.Text
  | Tokens.HTML;

function render(token: MarkedToken): ReactNode {
  switch (token.type) {
    case "heading":
      // A page has one h1 and cards their h2: neither is a note's.
      return createElement(`h${Math.min(token.depth + 2, 6)}`, null, renderAll(token.tokens));
    case "paragraph":
      return <p>{renderAll(token.tokens)}</p>;
    case "list":
      return <ListOf list={token} />;
    case "blockquote":
      return <blockquote>{renderAll(token.tokens)}</blockquote>;
    case "code":
      return (
        <pre>
          <code>{token.text}</code>
        </pre>
      );
    case "table":
      return <TableOf table={token} />;
    case "hr":
      return <hr />;
    case "strong":
      return <strong>{renderAll(token.tokens)}</strong>;
    case "em":
      return <em>{renderAll(token.tokens)}</em>;
    case "del":
      return <del>{renderAll(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <LinkTo link={token} />;
    case "image":
      return <span className="text-ink-3">[picture: {token.text || "without a text"}]</span>;
    case "checkbox":
      return <input type="checkbox" checked={token.checked} disabled aria-label="task" />;
    case "space":
    case "def":
      return null;
    default:
      return "tokens" in token && token.tokens ? renderAll(token.tokens) : withEntities(token.text);
  }
}

function ListOf({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, index) => <li key={index}>{renderAll(item.tokens)}</li>);
  return list.ordered ? <ol start={Number(list.start || 1)}>{items}</ol> : <ul>{items}</ul>;
}

const alignments = { left: "text-left", center: "text-center", right: "text-right" } as const;

function TableOf({ table }: { table: Tokens.Table }) {
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell, index) => (
            <th key={index} className={alignments[cell.align ?? "left"]}>
              {renderAll(cell.tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, index) => (
              <td key={index} className={alignments[cell.align ?? "left"]}>
                {renderAll(cell.tokens)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Anything that is not an address of the web or of mail stays the text that it was. */
function LinkTo({ link }: { link: Tokens.Link }) {
  if (!/^(https?:\/\/|mailto:)/i.test(link.href)) return renderAll(link.tokens);
  return (
    <a href={link.href} title={link.title ?? undefined} target="_blank" rel="noopener noreferrer nofollow">
      {renderAll(link.tokens)}
    </a>
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00A0" };

/** marked leaves them to the browser, which reads them in HTML only. */
function withEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? "");
}
