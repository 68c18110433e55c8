// What to do when a tablet is lost, replaced, shared, or found again.
import type { JSX } from "preact";
import { Details } from "../../components/details.tsx";

export function Help(): JSX.Element {
  return (
    <section aria-labelledby="tablets-help">
      <h2 class="tm-h2" id="tablets-help">
        What to do when
      </h2>
      <Details summary="A tablet is lost or stolen">
        <p>
          Revoke it at once; you need not be sure. The server refuses it from that moment, whoever holds it and whatever
          password they know. If it was not enrolled, ask whoever looks after accounts to set a new password for the people
          who used it: that ends their sessions.
        </p>
        <p>
          When it is next in touch, it hands over what it had not sent, empties itself and says so here. Until then what is
          on it lies behind the tablet’s own lock.
        </p>
      </Details>
      <Details summary="A tablet is replaced by another">
        <p>
          Choose “Enrol a tablet”, and say which one it takes the place of. The old one stays in use until the new one is in.
          Then it is revoked, hands over what it has not sent, and empties itself.
        </p>
      </Details>
      <Details summary="Several people share a tablet">
        <p>
          Enrol it for “Anybody who works here”. Each signs out when they are done: what came from the school is removed, and
          the next person sees nothing of it. Entries that could not be sent stay until their author signs in there again; the
          tablet says how many.
        </p>
      </Details>
      <Details summary="A revoked tablet is found again">
        <p>
          Switch it on where there is a signal. Once it says that it is empty, it can be enrolled again like a new one.
        </p>
      </Details>
    </section>
  );
}
