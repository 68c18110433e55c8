// One pupil's marks: today's and recent sessions with all that was said, and both half-terms.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { mayDo, mayRecord, maySee } from "../../components/allowed.ts";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { HalfTerms } from "../../components/history/half-terms.tsx";
import { Link } from "../../components/link.tsx";
import { navigate } from "../../components/router.ts";
import { Page } from "../../components/page.tsx";
import { RestrictedNotice } from "../../components/restricted.tsx";
import { SupportSection } from "../../components/support/support-section.tsx";
import { Strip } from "../../components/strip.tsx";
import { Tag } from "../../components/tag.tsx";
import { longDate, sessionWord, shortDate } from "../../components/text.ts";
import type { Card, PublishedClaim } from "../../generated/types.ts";
import { cards, sheets, today } from "../../state/app.ts";
import { cellsOf, inOrder, sheetsOf } from "./day/cells.ts";
import type { PupilCell, Session } from "./day/shapes.ts";
import { Claims } from "./parts/claims.tsx";
import { CodeTag } from "./parts/code-tag.tsx";
import { MarkDialog } from "./parts/mark-dialog.tsx";
import type { MarkTarget } from "./parts/mark-dialog.tsx";
import { OfficeNav } from "./parts/office-nav.tsx";
import { PupilPicker } from "./parts/pupil-picker.tsx";
import { dates } from "./state.ts";
import { ViewsSection } from "./views/views-section.tsx";

const SESSIONS = ["AM", "PM"] as const;

/** Without a pupil, the search for one. The title never names anybody: titles are kept in histories. */
export function PupilScreen({ pupil }: { pupil: string }): JSX.Element {
  const card = cards.value.get(pupil);
  const heading = card === undefined ? undefined : `${card.known_as} ${card.surname}`;
  return (
    <Page title="A pupil’s marks" heading={heading}>
      <OfficeNav here="pupil" />
      <div class="tm-measure">
        <PupilPicker
          key={pupil}
          id="pupil"
          label={card === undefined ? "Whose marks?" : "Look at another pupil"}
          value={null}
          onPick={(next) => {
            if (next !== null) navigate(`/office/pupil/${encodeURIComponent(next)}`);
          }}
          focus={pupil === ""}
        />
      </div>
      {card === undefined && pupil !== "" ? <p class="tm-lede">No pupil on this tablet’s roll has this address.</p> : null}
      {card === undefined ? null : <PupilDays card={card} />}
    </Page>
  );
}

function PupilDays({ card }: { card: Card }): JSX.Element {
  const [target, setTarget] = useState<MarkTarget | null>(null);
  const [saved, setSaved] = useState("");
  const [first, ...earlier] = dates.value;
  const all = [...sheets.value.values()];
  const cellOf = (date: string, session: Session): PupilCell | undefined =>
    cellsOf(sheetsOf(all, date, session)).get(card.pupil);
  const amend = (date: string, session: Session): void =>
    setTarget({ pupil: card.pupil, date, session, title: "Amend the mark" });
  return (
    <>
      <p class="tm-row tm-office-pupil">
        <span>
          {card.form_name}, {card.year}
        </span>
        <Strip marks={card.last ?? []} />
      </p>
      <output class={saved === "" ? "tm-visually-hidden" : "tm-panel tm-office-saved"}>
        {saved === "" ? "" : `Saved on this tablet. ${saved}`}
      </output>
      <div class="tm-office">
        <RestrictedNotice key={card.pupil} pupil={card.pupil} />
        {first === undefined ? null : <DayOf date={first} cellOf={cellOf} onAmend={amend} />}
        <div class="tm-office-days">
          {earlier.map((date) => (
            <Details key={date} summary={<EarlierSummary date={date} cellOf={cellOf} />}>
              <DayOf date={date} cellOf={cellOf} onAmend={amend} bare />
            </Details>
          ))}
        </div>
        <HalfTerms pupil={card.pupil} name={`${card.known_as} ${card.surname}`} level={2} open />
        <SupportSection pupil={card.pupil} />
        {maySee("safeguarding") ? (
          <p>
            <Link to={`/concerns/pupil/${encodeURIComponent(card.pupil)}`}>Concerns about this pupil, and what was shared</Link>
          </p>
        ) : null}
        {card.restricted ? <ViewsSection key={card.pupil} pupil={card.pupil} /> : null}
        {mayDo("explain") ? (
          <p>
            <Link to={`/access/why/card/${encodeURIComponent(card.pupil)}`}>Why can somebody see this pupil’s card?</Link>
          </p>
        ) : null}
      </div>
      {target === null ? null : (
        <MarkDialog
          target={target}
          onClose={(words) => {
            setTarget(null);
            if (words !== null) setSaved(words);
          }}
        />
      )}
    </>
  );
}

interface DayProps {
  date: string;
  cellOf: (date: string, session: Session) => PupilCell | undefined;
}

function EarlierSummary({ date, cellOf }: DayProps): JSX.Element {
  const codes = SESSIONS.map((session) => {
    const at = cellOf(date, session);
    if (at?.cell.state === "contested") return "contested";
    return at?.cell.code ?? "no mark";
  });
  return (
    <>
      {shortDate(date)}: {codes.join(", ")}
    </>
  );
}

function DayOf(props: DayProps & { onAmend: (date: string, session: Session) => void; bare?: boolean }): JSX.Element {
  const { date, cellOf, onAmend, bare = false } = props;
  const on = date === today.value ? "Today" : longDate(date);
  return (
    <section class="tm-stack" aria-label={on}>
      {bare ? null : <h2 class="tm-h2">{on}</h2>}
      <div class="tm-office-halves">
        {SESSIONS.map((session) => (
          <Half key={session} date={date} session={session} at={cellOf(date, session)} onAmend={onAmend} />
        ))}
      </div>
    </section>
  );
}

interface HalfProps {
  date: string;
  session: Session;
  at: PupilCell | undefined;
  onAmend: (date: string, session: Session) => void;
}

function Half({ date, session, at, onAmend }: HalfProps): JSX.Element {
  const half = sessionWord(session);
  const claims = at === undefined ? [] : inOrder(at.claims);
  const left = at?.row.left ?? null;
  return (
    <div class="tm-panel tm-stack">
      <div class="tm-row tm-spread">
        <h3 class="tm-h3 tm-office-capital">{half}</h3>
        {at === undefined || !mayRecord("mark.amended") ? null : (
          <Button small kind="secondary" onClick={() => onAmend(date, session)} label={`${verb(at)}: ${longDate(date)}, ${half}`}>
            {verb(at)}
          </Button>
        )}
      </div>
      <p>
        <Standing at={at} date={date} />
        {left === null ? null : <> Left early at {left}.</>}
      </p>
      {at === undefined || claims.length === 0 ? null : (
        <>
          <h4 class="tm-office-h4">Everything said, oldest first</h4>
          <Claims
            claims={claims}
            date={date}
            span={at.sheet}
            label={`Everything said, ${shortDate(date)}, ${half}`}
            badge={(claim) => <Fate claim={claim} at={at} />}
          />
        </>
      )}
    </div>
  );
}

function verb(at: PupilCell): string {
  if (at.cell.state === "contested") return "Settle";
  return at.claims.length === 0 ? "Record a mark" : "Amend";
}

function Standing({ at, date }: { at: PupilCell | undefined; date: string }): JSX.Element {
  if (at === undefined) return <>Not registered in this session.</>;
  if (at.cell.state === "contested") return <Tag tone="check">Contested: settle it</Tag>;
  const code = at.cell.code ?? null;
  if (code === null) return <>No mark yet.</>;
  return (
    <>
      <CodeTag code={code} date={date} />
      {(at.cell.arrived ?? null) === null ? "" : `, came in at ${at.cell.arrived ?? ""}.`}
    </>
  );
}

/** What became of a claim: it speaks, another refines or has replaced it, or it never could stand. */
function Fate({ claim, at }: { claim: PublishedClaim; at: PupilCell }): JSX.Element {
  if ((claim.verdict ?? "stands") !== "stands") return <Tag tone="alert">Does not stand</Tag>;
  if ((at.cell.live ?? []).includes(claim.id)) return <Tag tone="success">Stands</Tag>;
  if ((at.cell.joined ?? []).includes(claim.id)) return <Tag tone="quiet">Said more exactly since</Tag>;
  return <Tag tone="quiet">Replaced</Tag>;
}
