// A case begins: whose it is, the first child, where they live, and what brings it here.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/choices.tsx";
import { errorOf, ErrorSummary } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../components/field.tsx";
import { useWarnOnUnload } from "../../components/form-dialog.tsx";
import { mint } from "../../components/mint.ts";
import { Page } from "../../components/page.tsx";
import { navigate } from "../../components/router.ts";
import { useSaving } from "../../components/saving.ts";
import { tidy } from "../../components/text.ts";
import type { FactClaim } from "../../generated/types.ts";
import { groups, me, observedNow, school } from "../../state/app.ts";
import { BARRIERS } from "../../components/barriers.ts";
import { BASES } from "./forms/specs.ts";

const EMPTY = {
  team: "",
  restricted: "",
  why: "",
  name: "",
  born: "",
  school_name: "",
  address: "",
  basis: "",
  category: "",
  barrier: "",
  source: "",
};
type Answers = typeof EMPTY;

export function OpenCase(): JSX.Element {
  const teams = [...groups.value.values()].filter(({ kind }) => kind === "team");
  const first = { ...EMPTY, team: teams.length === 1 ? (teams[0]?.group ?? "") : "" };
  const [answers, setAnswers] = useState<Answers>(first);
  const { busy, errors, fail, save } = useSaving();
  const touched = JSON.stringify(answers) !== JSON.stringify(first);
  useWarnOnUnload(touched);
  const set = (name: keyof Answers) => (value: string) => setAnswers((known) => ({ ...known, [name]: value }));
  const submit = (): void => {
    const found = wrong(answers);
    fail(found);
    if (found.length > 0) return;
    const opened = mint();
    save([{ kind: "case.opened", case: opened, facts: factsOf(answers, observedNow(), mint) }], "case-name", () => navigate(`/cases/${opened}`, { replace: true }));
  };
  const field = (name: keyof Answers): { id: string; error: string | null; value: string } => ({
    id: `case-${name}`,
    error: errorOf(errors, `case-${name}`),
    value: answers[name],
  });
  return (
    <Page title="Open a case" lede="Begin with one child; the rest of the household, the plan and the team are added on the case itself. It works without a signal.">
      <form
        class="tm-measure"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ErrorSummary errors={errors} />
        <SelectField
          {...field("team")}
          label="Team"
          onChange={set("team")}
          options={[{ value: "", text: "Choose" }, ...teams.map(({ group, name }) => ({ value: group, text: name }))]}
        />
        <TextField {...field("name")} label="The child’s name" onInput={set("name")} maxLength={500} />
        <TextField {...field("born")} label="Date of birth (if known)" type="date" width={10} onInput={set("born")} />
        <TextField {...field("school_name")} label="School (if known)" onInput={set("school_name")} maxLength={500} />
        <TextArea {...field("address")} label="Address (if known)" onInput={set("address")} rows={3} maxLength={4000} />
        <SelectField
          {...field("category")}
          label="What keeps the child from school (if known)"
          onChange={set("category")}
          options={[{ value: "", text: "Not known yet" }, ...Object.entries(BARRIERS).map(([value, text]) => ({ value, text }))]}
        />
        {answers.category === "" ? null : <TextArea {...field("barrier")} label="In what way" onInput={set("barrier")} rows={3} maxLength={4000} />}
        <SelectField
          {...field("basis")}
          label="Legal basis for keeping this record"
          onChange={set("basis")}
          options={[{ value: "", text: "Choose" }, ...Object.entries(BASES).map(([value, text]) => ({ value, text }))]}
        />
        <TextArea {...field("source")} label="What brings it here" hint="Who asked, and why now." onInput={set("source")} rows={3} maxLength={4000} />
        <Checkbox
          id="case-restricted"
          label="Restricted"
          hint="It leaves no trace for anyone but its own workers: a colleague’s family, adoption, an address at risk."
          checked={answers.restricted === "yes"}
          onChange={(ticked) => set("restricted")(ticked ? "yes" : "")}
        />
        {answers.restricted === "" ? null : <TextField {...field("why")} label="Why it is restricted" onInput={set("why")} maxLength={500} />}
        <div class="tm-row tm-case__foot">
          <Button type="submit" disabled={busy}>
            {busy ? "Saving…" : "Open the case"}
          </Button>
          <Button kind="secondary" onClick={() => navigate("/cases")}>
            Cancel
          </Button>
        </div>
      </form>
    </Page>
  );
}

/** What is wrong with the answers. */
export function wrong(answers: Answers): FormError[] {
  const need = (name: keyof Answers, text: string): FormError[] => (tidy(answers[name]) === "" ? [{ field: `case-${name}`, text }] : []);
  return [
    ...need("team", "Choose a team"),
    ...need("name", "Enter the child’s name"),
    ...need("basis", "Choose the legal basis"),
    ...need("source", "Say what brings it here"),
    ...(answers.category === "" ? [] : need("barrier", "Say in what way")),
    ...(answers.restricted === "" ? [] : need("why", "Say why it is restricted")),
  ];
}

/** The answers as the first facts of a case. */
export function factsOf(answers: Answers, observedAt: string, newId: () => string): FactClaim[] {
  const text = (name: keyof Answers): string | null => tidy(answers[name]) || null;
  const child = newId();
  const says: FactClaim["says"][] = [
    { fact: "placing", team: answers.team, restricted: answers.restricted === "yes", reason: text("why") },
    { fact: "status", status: "open", note: text("source") },
    // A select offers nothing but what the schema knows.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    { fact: "basis", basis: answers.basis as keyof typeof BASES },
    { fact: "member", item: child, name: tidy(answers.name), relation: "Child", child: true, born: answers.born || null, school_name: text("school_name") },
    ...leadOf(),
  ];
  const address = text("address");
  if (address !== null) says.push({ fact: "address", item: newId(), address });
  const barrier = text("barrier");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (answers.category !== "" && barrier !== null) says.push({ fact: "barrier", item: newId(), child, category: answers.category as keyof typeof BARRIERS, what: barrier });
  return says.map((fact) => ({ says: fact, observed_at: observedAt, replaces: [] }));
}

/** Whoever opens a case leads it until they say otherwise. */
function leadOf(): FactClaim["says"][] {
  const mine = school.peek()?.staff.find(({ person }) => person === me.peek()?.person);
  if (mine === undefined) return [];
  return [{ fact: "lead", person: mine.person, name: mine.name, agency: mine.agency ?? school.peek()?.name ?? "", phone: mine.phone ?? null }];
}
