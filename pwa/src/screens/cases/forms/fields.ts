/** Fields of a form for a fact: what is asked, how it is read, and what is wrong with it. Pure. */
import type { FormError } from "../../../components/error-summary.tsx";
import { tidy } from "../../../components/text.ts";

/** What is typed or chosen, by field; "" for nothing. */
export type Values = Readonly<Record<string, string>>;

interface Common {
  name: string;
  label: string;
  hint?: string;
  required?: boolean;
  /** Asked only where the other answers call for it. */
  when?: (values: Values) => boolean;
}

export type Field =
  | (Common & { type: "text"; maxLength?: number; inputMode?: "tel" | "email" })
  | (Common & { type: "area"; maxLength?: number })
  | (Common & { type: "date" | "time" })
  | (Common & { type: "choice"; options: readonly Option[] })
  /** A member of the household; `children`: only a child. "": all of them, or nobody. */
  | (Common & { type: "member"; children: boolean; none: string })
  /** A colleague with an account here. */
  | (Common & { type: "person"; none: string })
  | (Common & { type: "team" })
  | (Common & { type: "tick" })
  /** Several lines, one a thing. */
  | (Common & { type: "lines" })
  /** Any of a few; their values a line each. */
  | (Common & { type: "ticks"; options: readonly Option[] });

export interface Option {
  value: string;
  text: string;
}

const MAX_TEXT = 500;
const MAX_AREA = 4000;

/** The most characters that a field takes. */
export function lengthOf(field: Field): number {
  if (field.type === "area") return field.maxLength ?? MAX_AREA;
  return field.type === "text" ? (field.maxLength ?? MAX_TEXT) : MAX_TEXT;
}

/** Fields that are asked, given what is answered so far. */
export function asked(fields: readonly Field[], values: Values): Field[] {
  return fields.filter(({ when }) => when === undefined || when(values));
}

/** What is wrong with the answers, field by field. `id`: the id of a field's input. */
export function errorsIn(fields: readonly Field[], values: Values, id: (name: string) => string): FormError[] {
  return asked(fields, values).flatMap((field) => {
    const value = tidy(values[field.name] ?? "");
    const text = wrongWith(field, value);
    return text === null ? [] : [{ field: id(field.name), text }];
  });
}

function wrongWith(field: Field, value: string): string | null {
  const what = field.label.charAt(0).toLowerCase() + field.label.slice(1);
  if (value === "") {
    if (field.required !== true) return null;
    return field.type === "choice" || field.type === "member" || field.type === "person" || field.type === "team"
      ? `Choose: ${what}`
      : `Enter: ${what}`;
  }
  if (field.type === "date" && !/^\d{4}-\d{2}-\d{2}$/.test(value)) return `Enter a date: ${what}`;
  if (value.length > lengthOf(field)) return `Shorten to ${lengthOf(field)} characters: ${what}`;
  return null;
}

/** An answer as a fact holds it: text without white space around it, null for nothing. */
export function read(field: Field, values: Values): unknown {
  const value = tidy(values[field.name] ?? "");
  switch (field.type) {
    case "tick":
      return value === "yes";
    case "lines":
    case "ticks":
      return value
        .split("\n")
        .map(tidy)
        .filter((line) => line !== "");
    case "text":
    case "area":
    case "date":
    case "time":
    case "choice":
    case "member":
    case "person":
    case "team":
      return value === "" ? null : value;
  }
}

/** A fact's value as a form shows it. */
export function shown(field: Field, value: unknown): string {
  if (field.type === "tick") return value === true ? "yes" : "";
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "string" ? value : "";
}
