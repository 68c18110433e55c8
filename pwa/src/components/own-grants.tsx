// A person's own grants: what they may do until when, that it ends soon, and that it has ended.
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { POST, stateOf } from "../domain/grants.ts";
import { sees } from "../domain/policy.ts";
import type { Grant, GrantLine } from "../generated/types.ts";
import { groups, me, now, school, today } from "../state/app.ts";
import { here } from "./allowed.ts";
import { mayWords, minutesLeft, overWords, soonWords } from "./grant-words.ts";
import type { Telling } from "./grant-words.ts";
import { moment } from "./words.ts";

// Words move by the minute: nothing is drawn anew each second.
const MINUTE_MS = 60_000;
const minute = computed(() => Math.floor(now.value / MINUTE_MS) * MINUTE_MS);
const known = computed((): readonly Grant[] => here.value?.grants ?? []);
const states = computed(() => known.value.map((grant) => stateOf(grant, now.value)).join(" "));

/** Those that somebody gave, or that end: the others are a person's everyday work. */
function tells({ id, starts = null, ends = null }: Grant): boolean {
  return id !== POST || starts !== null || ends !== null;
}

/** Groups whose registers they were granted for a time, and may take now. */
export const covered = computed((): ReadonlySet<string> => {
  return new Set(
    inState("in_force")
      .filter(tells)
      .flatMap(({ groups: names = [] }) => names),
  );
});

/** Pupils whom they were granted by name, and may see now. */
export const named = computed((): ReadonlySet<string> => {
  return new Set(
    inState("in_force")
      .filter(({ role }) => sees(role, "pupils"))
      .flatMap(({ pupils = [] }) => pupils),
  );
});

function inState(state: GrantLine["state"]): Grant[] {
  const found = states.value.split(" ");
  return known.value.filter((_, index) => found[index] === state);
}

/** What is over: by this tablet's clock, or by the server's word, which names who ended it. */
function over(): { grant: Grant; line: GrantLine | null }[] {
  const told = here.value?.over ?? [];
  const ids = new Set(told.map(({ grant }) => grant.id));
  const byClock = inState("over").filter(({ id }) => !ids.has(id));
  return [...byClock.map((grant) => ({ grant, line: null })), ...told.map((line) => ({ grant: line.grant, line }))];
}

function telling(line: GrantLine | null = null): Telling {
  const names = new Map((line?.grant.groups ?? []).map((group, index) => [group, line?.group_names?.[index]]));
  return {
    group: (group) => groups.value.get(group)?.name ?? names.get(group) ?? "a group",
    moment: (instant) => moment(instant, today.value),
  };
}

/** Why, and by whom. */
function givenWords({ purpose, given_by: by }: Grant): string {
  const giver = school.value?.staff.find(({ person }) => person === by)?.name;
  const why = purpose === undefined ? "" : `Why: ${asSentence(purpose)}`;
  return giver === undefined ? why : `${why} Given by ${giver}.`;
}

/** Nothing for somebody with no more than their everyday work. */
export function OwnGrants(): JSX.Element | null {
  const running = inState("in_force").filter(tells);
  const coming = inState("to_begin").filter(tells);
  const gone = over();
  if (me.value === null || running.length + coming.length + gone.length === 0) return null;
  return (
    <section class="tm-stack tm-measure" aria-labelledby="own-grants">
      <h2 class="tm-visually-hidden" id="own-grants">
        What you were granted
      </h2>
      {gone.map(({ grant, line }) => (
        <div class="tm-panel tm-panel--warning" key={grant.id}>
          <p class="tm-strong">{overWords(grant, telling(line))}</p>
          <p>{line === null ? "What you wrote is kept and will be sent; the rest leaves this tablet at its next contact." : goneWords(line)}</p>
        </div>
      ))}
      {[...running, ...coming].map((grant) => (
        <div class="tm-panel" key={grant.id}>
          <p class="tm-strong">{mayWords(grant, telling(), coming.includes(grant) ? "to_begin" : "in_force")}</p>
          <p class="tm-small">{givenWords(grant)}</p>
        </div>
      ))}
    </section>
  );
}

function goneWords({ grant, ended_by_name: by }: GrantLine): string {
  const ended = grant.ended === null || grant.ended === undefined ? "" : `Ended by ${by ?? "the school"}: ${asSentence(grant.ended.reason)} `;
  return `${ended}What you wrote is kept: see My entries. The rest has left this tablet.`;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** On every page, in the last minutes: what is not saved by then would be held. Read out as it comes. */
export function EndingSoon(): JSX.Element {
  const words = inState("in_force").flatMap((grant) => {
    const left = minutesLeft(grant, minute.value);
    return left === null ? [] : [soonWords(grant, left, telling())];
  });
  return (
    <output class={words.length === 0 ? "tm-visually-hidden" : "tm-panel tm-panel--warning tm-ending"}>
      {words.length === 0 ? "" : `${words.join(" ")} Save before then what you have marked: what is saved later is held for the office.`}
    </output>
  );
}
