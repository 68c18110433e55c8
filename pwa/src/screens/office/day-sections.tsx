// The sections of the school's page, in the order in which they want doing.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { mayDo, maySee } from "../../components/allowed.ts";
import { count, longDate } from "../../components/text.ts";
import { now, nowLocal } from "../../state/app.ts";
import type { Open, Saved } from "./day-dialogs.tsx";
import { isNew } from "./day/contests.ts";
import type { ContestLine, FindLine, RegisterLine, SchoolDay, UnexplainedLine } from "./day/shapes.ts";
import { shownItems } from "./inbox/items.ts";
import type { MarkTarget } from "./parts/mark-dialog.tsx";
import { useAnnounced } from "./parts/notes.ts";
import { JumpLink, Section } from "./parts/section.tsx";
import { Contested } from "./sections/contested.tsx";
import { Earlier } from "./sections/earlier.tsx";
import { Find } from "./sections/find.tsx";
import { HeadcountTable } from "./sections/headcount.tsx";
import { OffSite, Rechecks } from "./sections/movements.tsx";
import { OpenN } from "./sections/open-n.tsx";
import { Registers } from "./sections/registers.tsx";
import { HeldSummary, Silent } from "./sections/tablets.tsx";
import { TopBand } from "./sections/top-band.tsx";
import { inbox } from "./state.ts";

const SECTIONS = [
  { id: "missing", title: "Registers missing" },
  { id: "part", title: "Registers in part" },
  { id: "find", title: "To find" },
  { id: "contested", title: "Contested" },
  { id: "off-site", title: "Off site, unconfirmed" },
  { id: "arrivals", title: "Signed in and still marked absent" },
  { id: "open-n", title: "N, due and overdue" },
  { id: "held", title: "Held and set aside" },
  { id: "silent", title: "Silent tablets" },
  { id: "headcount", title: "Headcount" },
] as const;

type SectionId = (typeof SECTIONS)[number]["id"];

/** Those there is something to see in, for this person. */
function shown(): readonly (typeof SECTIONS)[number][] {
  return SECTIONS.filter(({ id }) => (id === "held" ? maySee("quarantine") : id !== "silent" || mayDo("access")));
}

function counts(day: SchoolDay, held: number): Readonly<Record<SectionId, number | null>> {
  return {
    missing: day.missing.length,
    part: day.part.length,
    find: day.toFind.length,
    contested: day.contested.length,
    "off-site": day.offSite.length,
    arrivals: day.rechecks.length,
    "open-n": day.unexplained.length,
    held,
    silent: day.silent?.length ?? null,
    headcount: null,
  };
}

function summary(day: SchoolDay): string {
  const { figures } = day;
  return [
    `${figures.registersIn} of ${count(figures.registersExpected, "register")} in`,
    `${day.toFind.length} to find`,
    `${day.contested.length} contested`,
    `${count(day.rechecks.length, "arrival")} still marked absent`,
  ].join(", ");
}

interface DayProps {
  day: SchoolDay;
  saved: Saved | null;
  onOpen: (open: Open) => void;
}

/** One session of the school, whole. */
export function Day({ day, saved, onOpen }: DayProps): JSX.Element {
  const opened = useRef(now.peek());
  const isFresh = (line: ContestLine): boolean => isNew(line, opened.current, day.now);
  useAnnounced(summary(day));
  const held = shownItems(inbox.value, "open", "oldest");
  const n = counts(day, held.length);
  const note = (id: SectionId): string | undefined => (saved?.section === id ? saved.words : undefined);
  const all = shown();
  const next = (id: SectionId): { id: string; title: string } | undefined => all[all.findIndex((one) => one.id === id) + 1];
  const mark = (section: SectionId, target: Omit<MarkTarget, "date" | "session">): void =>
    onOpen({ what: "mark", section, target: { date: day.date, session: day.session, ...target } });
  const noSchool = day.schoolDay ? null : (
    <p class="tm-panel tm-panel--tinted">{longDate(day.date)} is not a school day in the calendar.</p>
  );
  const reassign = (section: SectionId) => (line: RegisterLine) => onOpen({ what: "reassign", section, line, date: day.date, session: day.session });
  return (
    <div class="tm-office">
      {noSchool}
      <TopBand day={day} />
      <Contents n={n} />
      <Earlier lines={day.earlier} />
      <Section
        {...SECTIONS[0]}
        note={note("missing")}
        count={n.missing}
        next={next("missing")}
        tone={day.missing.some(isLate) ? "alert" : "plain"}
        empty={missingWords(day)}
      >
        <Registers day={day} lines={day.missing} onReassign={reassign("missing")} />
      </Section>
      <Section
        {...SECTIONS[1]}
        note={note("part")}
        count={n.part}
        next={next("part")}
        tone="warning"
        empty="Every register that is in is complete."
      >
        <Registers day={day} lines={day.part} onReassign={reassign("part")} />
      </Section>
      <Section
        {...SECTIONS[2]}
        note={note("find")}
        count={n.find}
        next={next("find")}
        tone="alert"
        empty="Nobody: every pupil marked not here has been explained or has come in."
        lede="First those who were here earlier today, then those absent longest."
      >
        <Find
          day={day}
          onReason={(line) => mark("find", reasonFor(line))}
          onArrived={(line) => mark("find", { ...reasonFor(line), title: "Has come in", start: arrivedNow(day) })}
        />
      </Section>
      <Section
        {...SECTIONS[3]}
        note={note("contested")}
        count={n.contested}
        next={next("contested")}
        tone="warning"
        empty="Nobody contradicts anybody."
        lede="Until one is settled it counts as unmarked in the figures, and as “check” in the headcount."
      >
        <Contested
          day={day}
          isFresh={isFresh}
          onSettle={(line) => mark("contested", { pupil: line.who.pupil, title: "Settle" })}
        />
      </Section>
      <Section
        {...SECTIONS[4]}
        note={note("off-site")}
        count={n["off-site"]}
        next={next("off-site")}
        empty="Nobody is off site without somebody there having confirmed it."
      >
        <OffSite
          day={day}
          onConfirm={(line) =>
            mark("off-site", { pupil: line.who.pupil, title: "Confirm", confirm: true, start: { code: line.code } })
          }
          onAbsent={(line) => mark("off-site", { pupil: line.who.pupil, title: "Not there", start: { code: "N" } })}
        />
      </Section>
      <Section
        {...SECTIONS[5]}
        note={note("arrivals")}
        count={n.arrivals}
        next={next("arrivals")}
        tone="alert"
        empty="Nobody who was signed in is still marked absent."
        lede="Somebody signed these pupils in, and somebody else says they are not here. Look for them first."
      >
        <Rechecks day={day} onCheck={(line) => mark("arrivals", { pupil: line.who.pupil, title: "What you found" })} />
      </Section>
      <Section
        {...SECTIONS[6]}
        note={note("open-n")}
        count={n["open-n"]}
        next={next("open-n")}
        empty="Every absence has its reason."
        lede="An N must have its reason within five school days of the session."
      >
        <OpenN
          day={day}
          onReason={(line) => onOpen({ what: "mark", section: "open-n", target: reasonForN(line) })}
          onAmendToO={(lines) => onOpen({ what: "to-o", section: "open-n", lines })}
        />
      </Section>
      {maySee("quarantine") ? (
        <Section {...SECTIONS[7]} count={n.held} next={next("held")} empty="Nothing that is held or set aside waits for a decision.">
          <HeldSummary open={held} />
        </Section>
      ) : null}
      {mayDo("access") ? (
        <Section {...SECTIONS[8]} count={n.silent === 0 ? null : n.silent} next={next("silent")}>
          <Silent tablets={day.silent} />
        </Section>
      ) : null}
      <Section {...SECTIONS[9]} count={null}>
        <HeadcountTable counts={day.headcount} />
      </Section>
    </div>
  );
}

/** The way to every section, with its count: the same words as the headings. */
function Contents({ n }: { n: Readonly<Record<SectionId, number | null>> }): JSX.Element {
  return (
    <nav class="tm-office-contents" aria-label="On this page">
      <ul class="tm-plain-list tm-office-contents__list">
        {shown().map(({ id, title }) => (
          <li key={id}>
            <JumpLink to={id} class={`tm-office-contents__link${(n[id] ?? 0) > 0 ? " tm-office-contents__link--some" : ""}`}>
              <span>{title}</span>
              {n[id] === null ? null : <span class="tm-office-contents__count tm-number">{n[id]}</span>}
            </JumpLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isLate(line: RegisterLine): boolean {
  return line.lateness.kind === "late" || line.lateness.kind === "earlier_day";
}

function missingWords(day: SchoolDay): string {
  return day.figures.registersExpected === 0 ? "No register is expected in this session." : "Every register is in.";
}

function reasonFor(line: FindLine): Omit<MarkTarget, "date" | "session"> {
  return { pupil: line.who.pupil, title: line.contested ? "Settle" : "Record the reason", proposed: line.proposed };
}

function arrivedNow(day: SchoolDay): MarkTarget["start"] {
  return { code: "L", arrived: day.isToday ? nowLocal.value : "" };
}

function reasonForN(line: UnexplainedLine): MarkTarget {
  const { date: on, session: half, proposed, replaces } = line;
  return { pupil: line.who.pupil, date: on, session: half, title: "Record the reason", proposed, replaces };
}
