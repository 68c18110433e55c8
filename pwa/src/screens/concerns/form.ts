/** A concern as it is written, and the entry it becomes. Pure. */
import type { Begun } from "../../components/concerns/begun.ts";
import type { Ring } from "../../components/concerns/whom.ts";
import type { FormError } from "../../components/error-summary.tsx";
import { tidy } from "../../components/text.ts";
import type { BodyOf } from "../../domain/entry.ts";
import { momentAt, instant } from "../../domain/time.ts";
import type { Told } from "../../generated/types.ts";
import type { Child } from "./children.ts";

export type How = Told["how"];

export const HOWS: readonly { value: How; text: string }[] = [
  { value: "phone", text: "By phone" },
  { value: "in_person", text: "In person" },
  { value: "message", text: "By message" },
];
/** As the server takes it: characters of a concern, and of a name. */
export const LONGEST = 20_000;
export const LONGEST_NAME = 500;
const MOST_TOLD = 20;

/** Nothing written yet. `at`: now. */
export function blank(concern: string, at: string, from: { visit: string | null; case: string | null }): Begun {
  return {
    concern,
    beganAt: at,
    ...from,
    child: null,
    childName: "",
    school: null,
    pupil: null,
    text: "",
    immediate: false,
    staff: false,
    head: false,
    about: [],
    told: [],
    date: "",
    time: "",
  };
}

/** About that child; null: one who is not on this tablet, with whatever name is typed. */
export function aboutChild(form: Begun, child: Child | null): Begun {
  if (child === null) return { ...form, child: null, childName: "", school: null, pupil: null };
  const { name: childName, child: item, school, pupil } = child;
  return { ...form, childName, child: item, school, pupil, case: child.case ?? form.case };
}

/** One tap: somebody was just rung. */
export function justRang(form: Begun, { name }: Pick<Ring, "name">, at: string): Begun {
  return told(form, { name, how: "phone", at });
}

/** Somebody was told. */
export function told(form: Begun, one: Told): Begun {
  return { ...form, told: [...form.told, one].slice(0, MOST_TOLD) };
}

/** It was not so. */
export function untold(form: Begun, index: number): Begun {
  return { ...form, told: form.told.filter((_, at) => at !== index) };
}

/** Somebody with an account whom it is about, or not after all. */
export function about(form: Begun, person: string, is: boolean): Begun {
  const others = form.about.filter((one) => one !== person);
  return { ...form, about: is ? [...others, person] : others };
}

/** The tablet's clock: now by it, by how much the server is ahead of it, and the place's time zone. */
export interface Clock {
  readonly nowMs: number;
  readonly offsetMs: number;
  readonly zone: string;
}

/** What is wrong with it, each with the field that it belongs to. */
export function concernErrors(form: Begun, clock: Clock): FormError[] {
  const errors: FormError[] = [];
  if (form.childName.trim() === "") {
    errors.push({ field: "concern-child", text: "Say which child, or describe them if you do not know the name" });
  }
  if (tidy(form.text) === "") errors.push({ field: "concern-text", text: "Write what you saw and heard, in your own words" });
  const seen = observedAt(form, clock);
  if (seen === null) errors.push({ field: "concern-time", text: "Give both the day and the time when you saw or heard it, or neither" });
  else if (seen > clock.nowMs) errors.push({ field: "concern-time", text: "The time when you saw or heard it has not come yet" });
  return errors;
}

/** When it was seen or heard, by the tablet's clock; null where that is half said. */
function observedAt({ date, time }: Begun, { nowMs, offsetMs, zone }: Clock): number | null {
  if (date === "" && time === "") return nowMs;
  return date === "" || time === "" ? null : momentAt(date, time, zone) - offsetMs;
}

type Given = Omit<BodyOf<"concern.raised">, "author" | "role" | "device" | "written_at" | "clock" | "shape">;

/** The entry. Only of a form without errors. */
export function concernBody(form: Begun, clock: Clock): Given {
  return {
    kind: "concern.raised",
    concern: form.concern,
    case: form.case,
    visit: form.visit,
    child: form.child,
    child_name: tidy(form.childName),
    school: form.school,
    pupil: form.pupil,
    about: [...form.about],
    about_head: form.head,
    about_staff: form.staff || form.about.length > 0,
    text: tidy(form.text),
    immediate: form.immediate,
    told: [...form.told],
    observed_at: instant(observedAt(form, clock) ?? clock.nowMs),
  };
}
