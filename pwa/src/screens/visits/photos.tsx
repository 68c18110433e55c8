// Photos of a visit: take one, see what became of each, try again by hand.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { announce } from "../../components/announcer.tsx";
import { TextField } from "../../components/field.tsx";
import { addPhoto, fetchPhoto, me, photos, retryPhoto, school, status } from "../../state/app.ts";
import type { OwnPhoto } from "../../state/app.ts";
import type { Photo, Visit } from "../../generated/types.ts";
import { photoWords } from "./photo-words.ts";
import "./photos.scss";

/** The photos of a visit; nothing where the area's policy takes none and there are none. */
export function VisitPhotos({ visit, adding }: { visit: Pick<Visit, "visit" | "case" | "photos">; adding: boolean }): JSX.Element | null {
  const own = [...photos.value.values()].filter((one) => one.visit === visit.visit);
  const others = (visit.photos ?? []).filter(({ photo }) => !own.some((one) => one.photo === photo));
  const allowed = adding && (school.value?.photo_bytes ?? 0) > 0;
  if (!allowed && own.length + others.length === 0) return null;
  return (
    <section class="tm-visit__part tm-stack" aria-labelledby="visit-photos">
      <h2 class="tm-h2" id="visit-photos">
        Photos
      </h2>
      {allowed ? <AddPhoto visit={visit} /> : null}
      <ul class="tm-photos">
        {own.map((one) => (
          <OwnPhotoLine key={one.photo} photo={one} />
        ))}
        {others.map((one) => (
          <SentPhotoLine key={one.photo} photo={one} />
        ))}
      </ul>
    </section>
  );
}

function AddPhoto({ visit }: { visit: Pick<Visit, "visit" | "case"> }): JSX.Element {
  const caption = useSignal("");
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const add = async (file: File): Promise<void> => {
    busy.value = true;
    error.value = null;
    try {
      await addPhoto(file, { case: visit.case, visit: visit.visit, caption: caption.value.trim() || null });
      caption.value = "";
      announce("The photo is kept on this tablet.");
    } catch (problem) {
      error.value = problem instanceof Error ? problem.message : String(problem);
    }
    busy.value = false;
  };
  return (
    <div class="tm-photos__add">
      <TextField
        id="photo-caption"
        label="What the photo shows"
        hint="Only what the plan needs. Where it was taken is not kept."
        value={caption.value}
        maxLength={200}
        onInput={(value) => (caption.value = value)}
      />
      <div class={`govuk-form-group${error.value === null ? "" : " govuk-form-group--error"}`}>
        {error.value === null ? null : (
          <p class="govuk-error-message" id="photo-error" role="alert">
            <span class="govuk-visually-hidden">Error: </span>
            {error.value}
          </p>
        )}
        <label class="govuk-button govuk-button--secondary tm-photos__take" for="photo-file" aria-disabled={busy.value ? "true" : undefined}>
          {busy.value ? "Keeping the photo…" : "Take a photo"}
          <input
            class="tm-photos__file"
            id="photo-file"
            type="file"
            accept="image/*"
            capture="environment"
            disabled={busy.value}
            aria-describedby={error.value === null ? undefined : "photo-error"}
            onChange={(event) => {
              const input = event.currentTarget;
              const file = input.files?.item(0) ?? null;
              // The same file may be chosen again.
              if (file !== null) void add(file).finally(() => (input.value = ""));
            }}
          />
        </label>
      </div>
    </div>
  );
}

function OwnPhotoLine({ photo }: { photo: OwnPhoto }): JSX.Element {
  const offline = !status.value.online;
  const { title, text, loud } = photoWords(photo, offline);
  const again = photo.state === "trouble" || photo.state === "held";
  return (
    <li class="tm-photos__line">
      <Picture blob={photo.thumbnail} alt={photo.caption || "Photo without a caption"} />
      <div>
        <p class={`tm-photos__state${loud ? " tm-photos__state--loud" : ""}`}>
          <strong>{title}</strong>
        </p>
        <p class="tm-small">{photo.caption || "No caption"}</p>
        {text === null ? null : <p class="tm-small">{text}</p>}
        {photo.state === "sending" ? (
          <progress class="tm-photos__share" max={1} value={photo.share} aria-label={`${Math.round(photo.share * 100)} per cent sent`} />
        ) : null}
        {again ? (
          <Button kind="secondary" small onClick={() => void retryPhoto(photo.photo)} label={`Send again now: ${photo.caption || "photo"}`}>
            Send again now
          </Button>
        ) : null}
      </div>
    </li>
  );
}

/** A photo that this tablet does not hold: shown from the server, for whoever may see the visit. */
function SentPhotoLine({ photo }: { photo: Photo }): JSX.Element {
  const [blob, setBlob] = useState<Blob | null>(null);
  const [whole, setWhole] = useState(false);
  const [reason, setReason] = useState<string | null>(null);
  const stored = photo.state === "stored";
  useEffect(() => {
    if (!stored) return;
    void fetchPhoto(photo.photo, whole ? "photo" : "thumbnail").then((answer) => {
      if (answer.kind === "ok") setBlob(answer.value);
      else setReason(answer.kind === "signed-out" ? "Sign in to see it." : answer.reason);
    });
  }, [photo.photo, stored, whole]);
  const by = photo.author === me.value?.person ? "you" : photo.author_name;
  return (
    <li class={`tm-photos__line${whole ? " tm-photos__line--whole" : ""}`}>
      {blob === null ? <span class="tm-photos__none" aria-hidden="true" /> : <Picture blob={blob} alt={photo.caption ?? "Photo without a caption"} />}
      <div>
        <p class="tm-small">
          {photo.caption ?? "No caption"}, taken by {by}
        </p>
        {photo.state === "waiting" ? <p class="tm-small">On its way: it has not come to the server yet.</p> : null}
        {photo.state === "held" ? <p class="tm-small">Held: {photo.reason ?? "it is not the photo it says it is."}</p> : null}
        {reason === null ? null : <p class="tm-small">It cannot be shown now. {reason}</p>}
        {stored && blob !== null ? (
          <Button kind="quiet" small onClick={() => setWhole(!whole)}>
            {whole ? "Show it small" : "Show it large"}
          </Button>
        ) : null}
      </div>
    </li>
  );
}

/** A picture from memory. As a data address: the page's policy lets pictures come from nowhere else. */
function Picture({ blob, alt }: { blob: Blob; alt: string }): JSX.Element {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const reader = new FileReader();
    reader.addEventListener("load", () => setAddress(typeof reader.result === "string" ? reader.result : ""));
    reader.readAsDataURL(blob);
    return () => reader.abort();
  }, [blob]);
  return address === "" ? <span class="tm-photos__none" aria-hidden="true" /> : <img class="tm-photos__picture" src={address} alt={alt} />;
}
