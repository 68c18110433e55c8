// Claims as they were made: the mark, who, in which role, where, when observed, when received.
import type { ComponentChildren, JSX } from "preact";
import { Tag } from "../../../components/tag.tsx";
import { moment } from "../../../components/words.ts";
import { codeAsRead } from "../../../domain/register.ts";
import type { PublishedClaim, Span } from "../../../generated/types.ts";
import { groups, today } from "../../../state/app.ts";
import { flagWords, placeOf, speaker } from "../words.ts";
import { CodeTag } from "./code-tag.tsx";

interface ClaimsProps {
  claims: readonly PublishedClaim[];
  date: string;
  span: Span;
  label: string;
  /** What more to say of a claim: that it is new, or what became of it. */
  badge?: ((claim: PublishedClaim) => ComponentChildren) | undefined;
}

/** A list of claims, in the order given. */
export function Claims({ claims, date, span, label, badge }: ClaimsProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-claims" aria-label={label}>
      {claims.map((claim) => (
        <li class="tm-office-claim" key={claim.id}>
          <ClaimLines claim={claim} date={date} span={span} badge={badge?.(claim)} />
        </li>
      ))}
    </ul>
  );
}

function ClaimLines(props: {
  claim: PublishedClaim;
  date: string;
  span: Span;
  badge: ComponentChildren;
}): JSX.Element {
  const { claim, date, span, badge } = props;
  const arrived = claim.arrived ?? null;
  const paper = claim.paper ?? null;
  return (
    <>
      <div class="tm-office-claim__mark">
        <CodeTag code={codeAsRead(claim.code, arrived, span)} date={date} />
        {arrived === null ? null : <span class="tm-strong">came in at {arrived}</span>}
        {badge}
      </div>
      <div>
        {speaker(claim)}. {placeOf(claim, groups.value)}.
      </div>
      {paper === null ? null : (
        <div>
          Keyed in from paper: taken by {paper.taken_by} at {paper.taken_at}.
        </div>
      )}
      {(claim.observed_by ?? null) === null ? null : <div>Seen by {claim.observed_by}.</div>}
      <div class="tm-soft tm-number">
        Observed {moment(claim.observed_at, today.value)}. <Received claim={claim} />
      </div>
      <Words claim={claim} />
      {(claim.flags ?? []).map((flag) => (
        <div class="tm-office-flag" key={flag}>
          {flagWords(flag)}
        </div>
      ))}
    </>
  );
}

function Received({ claim }: { claim: PublishedClaim }): JSX.Element {
  const received = claim.received_at ?? null;
  return <>{received === null ? "On this tablet, not sent yet." : `Received ${moment(received, today.value)}.`}</>;
}

function Words({ claim }: { claim: PublishedClaim }): JSX.Element {
  return (
    <>
      {claim.ask_office === true ? (
        <div>
          <Tag tone="warning">Asks the office</Tag>
        </div>
      ) : null}
      {(claim.parent_message ?? null) === null ? null : <div>A parent said: “{claim.parent_message}”</div>}
      {(claim.remark ?? null) === null ? null : <div>Remark: “{claim.remark}”</div>}
      {(claim.reason ?? null) === null ? null : <div>Reason: “{claim.reason}”</div>}
      {(claim.verdict_reason ?? null) === null ? null : <div>Does not stand: {claim.verdict_reason}</div>}
    </>
  );
}
