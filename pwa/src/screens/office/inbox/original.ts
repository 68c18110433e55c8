/**
 * What is held, as it came: JSON text of anything at all. It was held because something about it is
 * wrong, so nothing of it is believed: each member is read by itself, and shown where it can be.
 */
import type { Session } from "../../../domain/entry.ts";
import { claimId } from "../../../domain/canonical.ts";

/** A mark as it can be read: `id` null where the document has no digest to name it by. */
export interface HeldMark {
  readonly id: string | null;
  readonly pupil: string | null;
  readonly code: string;
  readonly arrived: string | null;
  readonly remark: string | null;
  readonly parentMessage: string | null;
}

/** What can be read of a held document. */
export interface Original {
  readonly kind: string | null;
  readonly author: string | null;
  readonly device: string | null;
  readonly writtenAt: string | null;
  readonly date: string | null;
  readonly session: Session | null;
  readonly group: string | null;
  /** For a kind about one pupil without marks. */
  readonly pupil: string | null;
  readonly reason: string | null;
  readonly marks: readonly HeldMark[];
  /** Whatever it says in sentences, apart from facts: of a note, an addendum, somebody out alone. */
  readonly said: readonly string[];
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DIGEST = /^[0-9a-f]{64}$/;
/** A register has no more; what claims more is cut for the screen, not for the record. */
const MOST_MARKS = 500;

/** Read the text; null where it is not even an object with a body. */
export function readOriginal(text: string | null | undefined): Original | null {
  const document = parsed(text);
  const body = document === null ? null : member(document, "body");
  if (document === null || !isObject(body)) return null;
  const digest = textOf(document, "digest", DIGEST);
  return {
    kind: textOf(body, "kind"),
    author: textOf(body, "author"),
    device: textOf(body, "device"),
    writtenAt: instantOf(body, "written_at"),
    date: dateOf(body),
    session: sessionOf(body),
    group: textOf(body, "group"),
    pupil: textOf(body, "pupil"),
    reason: textOf(body, "reason"),
    marks: marksOf(body, digest),
    said: saidOf(body),
  };
}

const SENTENCES = ["text", "observation", "analysis", "parent_view", "where", "how", "caption"];

function saidOf(body: object): string[] {
  const contribution = member(body, "contribution");
  const parts = [body, ...(isObject(contribution) ? [contribution] : [])];
  return parts.flatMap((part) => SENTENCES.flatMap((key) => textOf(part, key) ?? []));
}

function parsed(text: string | null | undefined): object | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Own members only: a document may name `__proto__`, and is not to be believed in that either. */
function member(of: object, name: string): unknown {
  return Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
}

function textOf(of: object, name: string, form?: RegExp): string | null {
  const value = member(of, name);
  return typeof value === "string" && value !== "" && (form?.test(value) ?? true) ? value : null;
}

function instantOf(of: object, name: string): string | null {
  const value = textOf(of, name);
  return value === null || Number.isNaN(Date.parse(value)) ? null : value;
}

function dateOf(body: object): string | null {
  const value = textOf(body, "date", DATE);
  return value === null || Number.isNaN(Date.parse(value)) ? null : value;
}

function sessionOf(body: object): Session | null {
  const value = member(body, "session");
  return value === "AM" || value === "PM" ? value : null;
}

function marksOf(body: object, digest: string | null): HeldMark[] {
  const claims = member(body, "claims");
  if (!Array.isArray(claims)) return [];
  return claims.slice(0, MOST_MARKS).flatMap((claim: unknown, index): HeldMark[] => {
    if (!isObject(claim)) return [];
    return [
      {
        id: digest === null ? null : claimId(digest, index),
        pupil: textOf(claim, "pupil"),
        code: textOf(claim, "code") ?? "",
        arrived: textOf(claim, "arrived", TIME),
        remark: textOf(claim, "remark"),
        parentMessage: textOf(claim, "parent_message"),
      },
    ];
  });
}
