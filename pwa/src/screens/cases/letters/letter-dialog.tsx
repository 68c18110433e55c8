// Write a letter: from a template, in the family's language, changed as the writer likes.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Banner } from "../../../components/banner.tsx";
import { Details } from "../../../components/details.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../../components/field.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { navigate } from "../../../components/router.ts";
import { mint } from "../../../components/mint.ts";
import { useSaving } from "../../../components/saving.ts";
import { languageName, longDate, tidy } from "../../../components/text.ts";
import { valueOf } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { me, observedNow, school, today } from "../../../state/app.ts";
import { familyName } from "../places.ts";
import { directionOf, fill, speaks, TEMPLATES } from "./templates.ts";
import type { Filling, Template } from "./templates.ts";

const MAX_LETTER = 12_000;

export function LetterDialog({ of, onClose }: { of: Case; onClose: () => void }): JSX.Element {
  const language = valueOf(of.cells, "language")?.language ?? "en";
  const [id, setId] = useState("");
  const [tongue, setTongue] = useState(language);
  const [date, setDate] = useState("");
  const [time, setTime] = useState("");
  const [to, setTo] = useState(`The ${familyName(of.cells)}`);
  const [own, setOwn] = useState<string | null>(null);
  const { busy, errors, fail, save } = useSaving();
  const template = TEMPLATES.find((one) => one.id === id) ?? null;
  const text = own ?? (template === null ? "" : fill(template, tongue, fillingOf(to, date, time)));
  const submit = (): void => {
    const found = [
      ...(template === null ? [{ field: "letter-template", text: "Choose what the letter is about" }] : []),
      ...(tidy(to) === "" ? [{ field: "letter-to", text: "Enter whom it is to" }] : []),
      ...(/\[\w+\]/.test(text) ? [{ field: "letter-text", text: "Fill in what stands in square brackets" }] : []),
    ];
    fail(found);
    if (found.length > 0 || template === null) return;
    const item = mint();
    const written = speaks(template, tongue) || own !== null ? tongue : "en";
    const says = { fact: "letter", item, template: template.id, language: written, to: tidy(to), on: today.value, text: tidy(text) } as const;
    save([{ kind: "case.noted", case: of.case, facts: [{ says, observed_at: observedNow(), replaces: [] }] }], "letter-text", () => {
      onClose();
      navigate(`/cases/${of.case}/letter/${item}`);
    });
  };
  return (
    <FormDialog
      title="Write a letter"
      errors={errors}
      submit="Keep it, and show it to print"
      busy={busy}
      touched={id !== "" || own !== null}
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        id="letter-template"
        label="What the letter is about"
        value={id}
        onChange={(value) => {
          setId(value);
          setOwn(null);
        }}
        error={errorOf(errors, "letter-template")}
        options={[{ value: "", text: "Choose" }, ...TEMPLATES.map((one) => ({ value: one.id, text: one.title }))]}
      />
      <TextField id="letter-to" label="To" value={to} onInput={setTo} maxLength={500} error={errorOf(errors, "letter-to")} />
      {template === null ? null : (
        <>
          <SelectField
            id="letter-language"
            label="Language"
            value={tongue}
            onChange={(value) => {
              setTongue(value);
              setOwn(null);
            }}
            options={languagesFor(template, language)}
          />
          {asksWhen(template) ? (
            <div class="tm-row">
              <TextField id="letter-date" label="Day" type="date" value={date} onInput={setDate} width={10} />
              <TextField id="letter-time" label="Time" type="time" value={time} onInput={setTime} width={10} />
            </div>
          ) : null}
          <Translated template={template} language={tongue} filling={fillingOf(to, date, time)} />
          <TextArea
            id="letter-text"
            label="The letter"
            value={text}
            onInput={setOwn}
            rows={12}
            maxLength={MAX_LETTER}
            error={errorOf(errors, "letter-text")}
            {...(speaks(template, tongue) ? { lang: tongue, dir: directionOf(tongue) } : { lang: "en" })}
          />
        </>
      )}
    </FormDialog>
  );
}

function Translated({ template, language, filling }: { template: Template; language: string; filling: Filling }): JSX.Element | null {
  if (language === "en") return null;
  if (!speaks(template, language)) {
    return (
      <Banner title={`No template in ${languageName(language)}`} kind="warning">
        <p>The letter below is in English. Have it translated, put the translation in its place, or read it to the family with an interpreter.</p>
      </Banner>
    );
  }
  return (
    <Details summary="What it says in English">
      <p class="tm-keep-lines">{fill(template, "en", filling)}</p>
      <p class="tm-small tm-soft">Have somebody who speaks {languageName(language)} look at a letter before it is first used.</p>
    </Details>
  );
}

function languagesFor(template: Template, language: string): { value: string; text: string }[] {
  const offered = new Set([language, ...Object.keys(template.texts)]);
  return [...offered].map((value) => ({ value, text: `${languageName(value)}${speaks(template, value) ? "" : " (no template)"}` }));
}

function asksWhen({ texts }: Template): boolean {
  return texts.en.includes("{date}");
}

function fillingOf(to: string, date: string, time: string): Filling {
  const mine = school.peek()?.staff.find(({ person }) => person === me.peek()?.person);
  return { family: tidy(to), worker: mine?.name ?? me.peek()?.name ?? "", phone: mine?.phone ?? "", date: date === "" ? "" : longDate(date), time };
}
