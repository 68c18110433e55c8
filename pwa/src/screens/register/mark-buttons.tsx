// The marks of one pupil: big buttons, and chips for what is planned. A radio group that marks
// only when a button is pressed: moving along it with the arrow keys changes nothing.
import type { JSX } from "preact";
import type { Offer } from "./offers.ts";

interface MarkButtonsProps {
  /** The id of the pupil's name, which names the group. */
  labelledBy: string;
  offers: readonly Offer[];
  /** Whether the checked mark is saved, or only chosen. */
  saved: boolean;
  disabled: boolean;
  onTake: (code: string) => void;
}

/** The big three first, the chips below. */
export function MarkButtons({ labelledBy, offers, saved, disabled, onTake }: MarkButtonsProps): JSX.Element {
  const reachable = Math.max(0, offers.findIndex(({ checked }) => checked));
  const main = offers.slice(0, 3);
  const chips = offers.slice(3);
  const draw = (offer: Offer, index: number): JSX.Element => (
    <MarkButton
      key={offer.code}
      offer={offer}
      chip={index >= 3}
      saved={saved}
      disabled={disabled}
      reachable={index === reachable}
      onTake={onTake}
    />
  );
  return (
    <div class="tm-marks" role="radiogroup" aria-labelledby={labelledBy} aria-disabled={disabled ? "true" : undefined}>
      <div class="tm-marks__main" role="presentation">
        {main.map(draw)}
      </div>
      {chips.length === 0 ? null : (
        <div class="tm-marks__chips" role="presentation">
          {chips.map((offer, index) => draw(offer, index + 3))}
        </div>
      )}
    </div>
  );
}

interface MarkButtonProps {
  offer: Offer;
  chip: boolean;
  saved: boolean;
  disabled: boolean;
  reachable: boolean;
  onTake: (code: string) => void;
}

const TONES: Readonly<Record<string, string>> = { "/": "here", "\\": "here", N: "away", L: "late", U: "late" };

function MarkButton({ offer, chip, saved, disabled, reachable, onTake }: MarkButtonProps): JSX.Element {
  const { code, letter, word, arrived, source, checked } = offer;
  const state = checked ? (saved ? " tm-mark--saved" : " tm-mark--chosen") : "";
  const said = [word, arrived, source, checked && !saved ? "not saved yet" : ""].filter(Boolean).join(", ");
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a radio input would mark as the arrow keys pass over it
    <button
      type="button"
      role="radio"
      class={`tm-mark tm-mark--${TONES[letter] ?? "other"}${chip ? " tm-mark--chip" : ""}${state}`}
      aria-checked={checked}
      aria-label={chip ? `${letter} ${said}` : said}
      aria-disabled={disabled ? "true" : undefined}
      tabIndex={reachable ? 0 : -1}
      data-code={code}
      onClick={() => {
        if (!disabled) onTake(code);
      }}
    >
      <span class="tm-mark__letter" aria-hidden="true">
        {letter}
        {arrived === null ? null : <span class="tm-mark__time">{arrived}</span>}
      </span>
      <span class="tm-mark__word" aria-hidden="true">
        {checked ? <span class="tm-mark__tick">✓ </span> : null}
        {word}
        {source === null ? null : <span class="tm-mark__source">{source}</span>}
      </span>
    </button>
  );
}
