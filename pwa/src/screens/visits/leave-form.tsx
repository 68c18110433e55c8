// Before going: the one button that has the server watch, and who is to be told.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../components/field.tsx";
import { telLink, tidy } from "../../components/text.ts";
import { timeZone } from "../../components/words.ts";
import type { NewBody } from "../../domain/entry.ts";
import { instant, localMoment, momentAt } from "../../domain/time.ts";
import type { Visit } from "../../generated/types.ts";
import { me, now, status } from "../../state/app.ts";
import { useSaving } from "../../components/saving.ts";
import { mint } from "../../components/mint.ts";
import type { FactOf } from "./reading.ts";
import { staffMember, visitors } from "./staff.ts";

interface LeaveProps {
  visit: Visit;
  plan: FactOf<"plan">;
}

/** What the person says as they leave. */
export interface Leaving {
  back: string;
  where: string;
  buddy: string;
  phone: string;
}

/** What is wrong with it; the end lies later today. */
export function leavingErrors({ back, where }: Leaving, today: string, nowMs: number, zone: string): FormError[] {
  const errors: FormError[] = [];
  if (back === "") errors.push({ field: "leave-back", text: "Enter when you will be back" });
  else if (momentAt(today, back, zone) <= nowMs) errors.push({ field: "leave-back", text: "That is past. Enter a time later than now" });
  if (tidy(where) === "") errors.push({ field: "leave-where", text: "Enter where you go" });
  return errors;
}

/** The entry that has the server watch. `offsetMs`: server time less this tablet's; the entry speaks by the tablet's clock. */
export function leavingBody(
  form: Leaving,
  of: { watch: string; visit: Pick<Visit, "case" | "visit">; today: string; zone: string; offsetMs: number },
): NewBody {
  return {
    kind: "watch.started",
    watch: of.watch,
    case: of.visit.case,
    visit: of.visit.visit,
    where: tidy(form.where),
    expected_back: instant(momentAt(of.today, form.back, of.zone) - of.offsetMs),
    ...(form.buddy === "" ? {} : { buddy: form.buddy }),
    ...(tidy(form.phone) === "" ? {} : { phone: tidy(form.phone) }),
  };
}

export function LeaveForm({ visit, plan }: LeaveProps): JSX.Element {
  const zone = timeZone.value;
  const today = localMoment(now.value, zone).date;
  const ends = localMoment(plan.ends, zone);
  const person = me.value?.person ?? "";
  const [form, setForm] = useState<Leaving>(() => ({
    back: ends.date === today && Date.parse(plan.ends) > now.peek() ? ends.time : "",
    where: plan.address,
    buddy: plan.buddy ?? "",
    phone: staffMember(person)?.phone ?? "",
  }));
  const saving = useSaving();
  const set = (change: Partial<Leaving>): void => setForm({ ...form, ...change });
  const buddy = staffMember(form.buddy);
  const leave = (): void => {
    const errors = leavingErrors(form, today, now.peek(), zone);
    if (errors.length > 0) saving.fail(errors);
    else saving.save([leavingBody(form, { watch: mint(), visit, today, zone, offsetMs: status.peek().offsetMs ?? 0 })], "leave-back", () => undefined);
  };
  const others = visitors().filter((one) => one.person !== person && !plan.workers.includes(one.person));
  return (
    <form
      class="tm-leave"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      <ErrorSummary errors={saving.errors} />
      <div class="tm-leave__line">
        <TextField id="leave-back" label="Back by" type="time" width={10} value={form.back} onInput={(back) => set({ back })} error={errorOf(saving.errors, "leave-back")} />
        <SelectField
          id="leave-buddy"
          label="Your buddy"
          value={form.buddy}
          onChange={(value) => set({ buddy: value })}
          options={[{ value: "", text: "Nobody" }, ...others.map((one) => ({ value: one.person, text: one.name }))]}
        />
      </div>
      {status.value.online ? null : (
        <p class="tm-panel tm-panel--alert">
          <strong>There is no signal.</strong> The server cannot watch you until there is one. Ring{" "}
          {buddy === null ? "somebody" : buddy.phone ? <a class="tm-link" href={telLink(buddy.phone)}>{`${buddy.name}, ${buddy.phone},`}</a> : buddy.name} before you go.
        </p>
      )}
      <Button type="submit" class="tm-visit-big" disabled={saving.busy}>
        I am leaving now
      </Button>
      <Details summary="Where you go, and your number">
        <TextArea id="leave-where" label="Where" hint="What somebody who comes to look for you needs." value={form.where} rows={2} maxLength={4000} onInput={(where) => set({ where })} error={errorOf(saving.errors, "leave-where")} />
        <TextField id="leave-phone" label="Your number" value={form.phone} maxLength={100} width={20} inputMode="tel" onInput={(phone) => set({ phone })} />
      </Details>
    </form>
  );
}
