// The school at one session: what needs doing now on top, in plain words, live.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Banner } from "../../components/banner.tsx";
import { SelectField } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { count, longDate, sessionWord, shortDate } from "../../components/text.ts";
import { me, now, nowLocal, observedNow, today } from "../../state/app.ts";
import { isNew } from "./day/contests.ts";
import type { ContestLine, FindLine, RegisterLine, SchoolDay, UnexplainedLine } from "./day/shapes.ts";
import { amendToO } from "./forms/overdue.ts";
import { OfficeNav } from "./parts/office-nav.tsx";
import { MarkDialog } from "./parts/mark-dialog.tsx";
import type { MarkTarget } from "./parts/mark-dialog.tsx";
import { useAnnounced } from "./parts/notes.ts";
import { ReasonDialog } from "./parts/reason-dialog.tsx";
import { ReassignDialog } from "./parts/reassign-dialog.tsx";
import { JumpLink, Section, goToSection } from "./parts/section.tsx";
import { Contested } from "./sections/contested.tsx";
import { Find } from "./sections/find.tsx";
import { HeadcountTable } from "./sections/headcount.tsx";
import { OffSite, Rechecks } from "./sections/movements.tsx";
import { OpenN } from "./sections/open-n.tsx";
import { Registers } from "./sections/registers.tsx";
import { HeldList, Silent } from "./sections/tablets.tsx";
import { TopBand } from "./sections/top-band.tsx";
import { chosenDate, chosenSession, date, dates, page, session } from "./state.ts";
import { useContacts } from "./contacts.ts";

type Open =
  | { readonly what: "mark"; readonly section: string; readonly target: MarkTarget }
  | { readonly what: "reassign"; readonly section: string; readonly line: RegisterLine }
  | { readonly what: "to-o"; readonly section: string; readonly lines: readonly UnexplainedLine[] };

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

/** Nothing typed in a dialog is touched by what arrives meanwhile: the dialogs stand beside the lists. */
export function DayScreen(): JSX.Element {
  useContacts();
  const day = page.value;
  const [open, setOpen] = useState<Open | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const close = (words: string | null): void => {
    const section = open?.section;
    setOpen(null);
    if (words === null) return;
    setSaved(words);
    // The line that was acted on may be gone: its section is where the person was.
    if (section !== undefined) requestAnimationFrame(() => goToSection(section));
  };
  return (
    <Page title="The school now" heading={<Heading />}>
      <OfficeNav here="day" />
      {saved === null ? null : (
        <Banner title="Saved on this tablet" kind="success">
          <p>{saved}</p>
        </Banner>
      )}
      <div class="tm-office-when">
        <Tabs
          label="Session"
          value={session.value}
          onChange={(key) => {
            chosenSession.value = key === "PM" ? "PM" : "AM";
          }}
          tabs={[
            { key: "AM", text: "Morning" },
            { key: "PM", text: "Afternoon" },
          ]}
        >
          <DayPicker />
          {day === null ? <p>The school’s own details have not come to this tablet yet.</p> : <Day day={day} onOpen={setOpen} />}
        </Tabs>
      </div>
      {open === null ? null : <OpenDialog open={open} onClose={close} />}
    </Page>
  );
}

function Heading(): JSX.Element {
  const atTime = date.value === today.value ? ` at ${nowLocal.value}` : "";
  return (
    <>
      The school{atTime}
      <span class="tm-office-subhead">
        {longDate(date.value)}, {sessionWord(session.value)}
      </span>
    </>
  );
}

function DayPicker(): JSX.Element | null {
  if (dates.value.length < 2) return null;
  return (
    <div class="tm-office-day">
      <SelectField
        id="day"
        label="Day"
        value={date.value}
        onChange={(value) => {
          chosenDate.value = value === today.value ? null : value;
        }}
        options={dates.value.map((value) => ({
          value,
          text: value === today.value ? `Today, ${shortDate(value)}` : shortDate(value),
        }))}
      />
    </div>
  );
}

function counts(day: SchoolDay): Readonly<Record<SectionId, number | null>> {
  return {
    missing: day.missing.length,
    part: day.part.length,
    find: day.toFind.length,
    contested: day.contested.length,
    "off-site": day.offSite.length,
    arrivals: day.rechecks.length,
    "open-n": day.unexplained.length,
    held: day.held.length,
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

function Day({ day, onOpen }: { day: SchoolDay; onOpen: (open: Open) => void }): JSX.Element {
  const opened = useRef(now.peek());
  const isFresh = (line: ContestLine): boolean => isNew(line, opened.current, day.now);
  useAnnounced(summary(day));
  const n = counts(day);
  const next = (id: SectionId): { id: string; title: string } | undefined =>
    SECTIONS[SECTIONS.findIndex((one) => one.id === id) + 1];
  const mark = (section: SectionId, target: Omit<MarkTarget, "date" | "session">): void =>
    onOpen({ what: "mark", section, target: { date: day.date, session: day.session, ...target } });
  const noSchool = day.schoolDay ? null : (
    <p class="tm-panel tm-panel--tinted">{longDate(day.date)} is not a school day in the calendar.</p>
  );
  const reassign = (section: SectionId) => (line: RegisterLine) => onOpen({ what: "reassign", section, line });
  return (
    <div class="tm-office">
      {noSchool}
      <TopBand day={day} />
      <Contents n={n} />
      <Section {...SECTIONS[0]} count={n.missing} next={next("missing")} tone="alert" empty={missingWords(day)}>
        <Registers day={day} lines={day.missing} onReassign={reassign("missing")} />
      </Section>
      <Section {...SECTIONS[1]} count={n.part} next={next("part")} tone="warning" empty="Every register that is in is complete.">
        <Registers day={day} lines={day.part} onReassign={reassign("part")} />
      </Section>
      <Section
        {...SECTIONS[2]}
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
        count={n["open-n"]}
        next={next("open-n")}
        empty="Every absence has its reason."
        lede="An N must have its reason within five school days of the session. Today’s are at the end."
      >
        <OpenN
          day={day}
          onReason={(line) => onOpen({ what: "mark", section: "open-n", target: reasonForN(line) })}
          onAmendToO={(lines) => onOpen({ what: "to-o", section: "open-n", lines })}
        />
      </Section>
      <Section {...SECTIONS[7]} count={n.held} next={next("held")} empty="Nothing is held or set aside.">
        <HeldList day={day} />
      </Section>
      <Section {...SECTIONS[8]} count={n.silent === 0 ? null : n.silent} next={next("silent")}>
        <Silent tablets={day.silent} />
      </Section>
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
        {SECTIONS.map(({ id, title }) => (
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

function OpenDialog({ open, onClose }: { open: Open; onClose: (saved: string | null) => void }): JSX.Element {
  switch (open.what) {
    case "mark":
      return <MarkDialog target={open.target} onClose={onClose} />;
    case "reassign":
      return <ReassignDialog line={open.line} date={date.value} session={session.value} onClose={onClose} />;
    case "to-o":
      break;
  }
  return <ToODialog lines={open.lines} onClose={onClose} />;
}

function ToODialog(props: {
  lines: readonly UnexplainedLine[];
  onClose: (saved: string | null) => void;
}): JSX.Element {
  const { lines, onClose } = props;
  const marks = count(lines.length, "mark");
  return (
    <ReasonDialog
      title={`Amend ${marks} from N to O`}
      submit={`Amend ${marks} to O`}
      hint="What was done to find the reason. It is kept with each mark, for good."
      bodies={(reason) => amendToO(lines, reason, observedNow())}
      onClose={(done) => onClose(done ? `${marks} amended from N to O` : null)}
    >
      <p>
        Five school days have passed and no reason was established. You, {me.value?.name ?? "the office"}, amend these marks;
        your name and role are kept with each.
      </p>
      <ul class="tm-office-names">
        {lines.map((line) => (
          <li key={line.key}>
            {line.who.name}, {line.who.form}: {shortDate(line.date)}, {sessionWord(line.session)}
          </li>
        ))}
      </ul>
    </ReasonDialog>
  );
}

