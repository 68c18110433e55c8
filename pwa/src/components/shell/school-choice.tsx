// The school that is open; for somebody who works in several, the way to another.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Me } from "../../generated/types.ts";
import { openSchool, school } from "../../state/app.ts";
import { Button } from "../button.tsx";
import { Dialog } from "../dialog.tsx";
import { navigate } from "../router.ts";

/** A name, and a list of them where there are several. */
export function SchoolChoice({ me }: { me: Me }): JSX.Element | null {
  const [trouble, setTrouble] = useState<string | null>(null);
  const [open] = me.schools;
  if (open === undefined) return null;
  if (me.schools.length < 2) return <span class="tm-header__school">{school.value?.name ?? open.name}</span>;
  const choose = async (list: HTMLSelectElement): Promise<void> => {
    const words = await openSchool(list.value);
    list.value = open.school;
    if (words === null) navigate("/");
    setTrouble(words);
  };
  return (
    <>
      <select
        class="govuk-select tm-header__school tm-header__schools"
        aria-label="School"
        value={open.school}
        onChange={(event) => void choose(event.currentTarget)}
      >
        {me.schools
          .toSorted((a, b) => a.name.localeCompare(b.name, "en-GB"))
          .map((one) => (
            <option value={one.school} key={one.school}>
              {one.name}
            </option>
          ))}
      </select>
      {trouble === null ? null : (
        <Dialog title="The other school cannot be opened yet" onClose={() => setTrouble(null)} actions={<Button onClick={() => setTrouble(null)}>Stay here</Button>}>
          <p>{trouble}</p>
        </Dialog>
      )}
    </>
  );
}
