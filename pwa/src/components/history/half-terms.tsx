// A pupil's attendance in this half-term and the last: in words, and week by week. Works offline.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { halfTermWindow, isSchoolDay, schoolDaysAfter } from "../../domain/calendar.ts";
import type { HalfTerm, SchoolCalendar } from "../../domain/calendar.ts";
import { meaning } from "../../domain/codes.ts";
import type { History, LastMark } from "../../generated/types.ts";
import { histories, school, showHistory, today } from "../../state/app.ts";
import { Details } from "../details.tsx";
import { MarkLetter, wordsOf } from "../strip.tsx";
import { kindsOf, sentencesOf, weeksOf } from "./weeks.ts";
import type { Week } from "./weeks.ts";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const WORKING_WEEK: readonly number[] = [0, 1, 2, 3, 4];
const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

interface HalfTermsProps {
  pupil: string;
  /** The pupil's name, for captions that are read out. */
  name: string;
  /** The level of the headings. */
  level: 2 | 4;
  /** Show this half-term's weeks at once. */
  open?: boolean;
}

/** Both half-terms; nothing before the school's calendar is known. */
export function HalfTerms({ pupil, name, level, open = false }: HalfTermsProps): JSX.Element | null {
  useEffect(() => showHistory(pupil), [pupil]);
  const calendar = school.value?.calendar;
  const known = histories.value.get(pupil);
  if (calendar === undefined || known === undefined) return null;
  const halves = halfTermWindow(calendar, today.value);
  return (
    <section class="tm-halves" aria-label="Attendance this half-term and last">
      {halves.map((half, index) => (
        <Half
          key={half.first}
          half={half}
          history={known.find((one) => one.half === half.first)}
          title={titleOf(calendar, halves, index)}
          name={name}
          level={level}
          week={calendar.weekdays ?? WORKING_WEEK}
          open={open && index === 0}
        />
      ))}
      <p class="tm-small tm-soft">Counted to the end of the last school day. Marks that wait on this tablet are not in it yet.</p>
    </section>
  );
}

/** In the holidays, the half-term that has just ended is the last one. */
function titleOf(calendar: SchoolCalendar, halves: readonly HalfTerm[], index: number): string {
  const [latest] = halves;
  const next = isSchoolDay(calendar, today.value) ? today.value : schoolDaysAfter(calendar, today.value, 1);
  const running = latest !== undefined && next !== null && next <= latest.last;
  const titles = running ? ["This half-term", "Last half-term"] : ["Last half-term", "The half-term before"];
  return titles[index] ?? "";
}

interface HalfProps {
  half: HalfTerm;
  history: History | undefined;
  title: string;
  name: string;
  level: 2 | 4;
  week: readonly number[];
  open: boolean;
}

function Half({ half, history, title, name, level, week, open }: HalfProps): JSX.Element {
  const Heading = level === 2 ? "h2" : "h4";
  const nothing = half.first >= today.value ? "No school day of it is over yet." : "This tablet holds no marks of it.";
  return (
    <div class="tm-stack">
      <Heading class={level === 2 ? "tm-h2" : "tm-h3"}>
        {title} <span class="tm-halves__name">{half.name}</span>
      </Heading>
      <p>{history === undefined ? nothing : sentencesOf(history).join(" ")}</p>
      {history === undefined || history.days.length === 0 ? null : (
        <Details summary="Week by week" open={open}>
          <Weeks weeks={weeksOf(history)} caption={`${name}, ${half.name}, week by week`} week={week} />
        </Details>
      )}
    </div>
  );
}

interface WeeksProps {
  weeks: readonly Week[];
  caption: string;
  week: readonly number[];
}

/** A row a week, a column a day: the morning's mark and the afternoon's side by side. */
function Weeks({ weeks, caption, week }: WeeksProps): JSX.Element {
  const columns = DAYS.map((_, day) => day).filter((day) => week.includes(day) || weeks.some(({ days }) => days.has(day)));
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling box must be reachable by keyboard */}
      <section class="tm-table-scroll" tabIndex={0} aria-label={caption}>
        <table class="tm-weeks">
          <caption class="tm-visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Week</th>
              {columns.map((day) => (
                <th scope="col" key={day}>
                  {DAYS[day]}
                </th>
              ))}
              <th scope="col" class="tm-weeks__sum">
                Total<span class="tm-visually-hidden"> attended</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {weeks.map((one) => (
              <tr key={one.monday}>
                <th scope="row">{dayMonth.format(new Date(one.monday))}</th>
                {columns.map((day) => (
                  <td key={day}>
                    <Day marks={one.days.get(day) ?? []} />
                  </td>
                ))}
                <td class="tm-weeks__sum">
                  {one.attended}
                  <span aria-hidden="true">/</span>
                  <span class="tm-visually-hidden"> of </span>
                  {one.possible}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <ul class="tm-weeks__key" aria-label="What the letters mean">
        {kindsOf(weeks).map((mark) => (
          <li key={`${mark.state}${mark.code ?? ""}`}>
            <MarkLetter mark={mark} /> {kindWords(mark)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Day({ marks }: { marks: readonly LastMark[] }): JSX.Element | null {
  if (marks.length === 0) return <span class="tm-visually-hidden">No school</span>;
  return (
    <span class="tm-strip" role="img" aria-label={marks.map(wordsOf).join("; ")}>
      {marks.map((mark) => (
        <MarkLetter key={mark.session} mark={mark} />
      ))}
    </span>
  );
}

function kindWords({ state, code, date }: LastMark): string {
  if (state === "contested") return "To check: people disagree";
  return code ? meaning(code, date) : "No mark";
}
