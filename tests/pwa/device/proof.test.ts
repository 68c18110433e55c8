import { describe, expect, test } from "vitest";
import { mintKey, thumbprint } from "../../../pwa/src/device/key.ts";
import { Prover } from "../../../pwa/src/device/proof.ts";
import { countingHex, ORIGIN } from "../support/browser.ts";
import { verify } from "../support/devices.ts";
import { NINE, NINE_MS } from "../support/factory.ts";

const { subtle } = crypto;

async function prover(): Promise<Prover> {
  const key = await mintKey(subtle);
  return new Prover({ key, subtle, origin: ORIGIN, now: () => NINE_MS, randomHex: countingHex(7) });
}

describe("a tablet's key", () => {
  test("cannot be read by anybody, and names the tablet", async () => {
    const { id, jwk, sign } = await mintKey(subtle);
    expect([sign.type, sign.extractable, sign.usages]).toEqual(["private", false, ["sign"]]);
    await expect(subtle.exportKey("jwk", sign)).rejects.toThrow("not extractable");
    expect(Object.keys(jwk)).toEqual(["crv", "kty", "x", "y"]);
    expect(id).toMatch(/^dev-[\w-]{43}$/);
    expect(structuredClone({ sign }).sign.extractable).toBe(false);
  });

  test("has the thumbprint of RFC 7638", async () => {
    // The EC key of RFC 7517, appendix A.1.
    const jwk = {
      crv: "P-256",
      kty: "EC",
      x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    } as const;
    expect(await thumbprint(subtle, jwk)).toBe("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
  });

  test("is not made on a page that is not secure, which says so", async () => {
    await expect(mintKey(undefined)).rejects.toThrow("https://");
  });
});

describe("a proof", () => {
  test("is over the method, the address without its query, the time and the body", async () => {
    const one = await prover();
    const proven = await verify(await one.proof("POST", "/db/sch-1/_bulk_docs?x=1", '{"docs":[]}'));
    expect(proven).toMatchObject({
      device: one.device,
      htm: "POST",
      htu: `${ORIGIN}/db/sch-1/_bulk_docs`,
      iat: NINE_MS / 1000,
      bth: "gjoCGt8jgsy0jaZZxFjkaVbWW3lTo54d2NBlr2CK7os",
    });
    expect(await verify(await one.proof("GET", "/session", null))).toMatchObject({ htm: "GET", bth: null });
  });

  test("is never the same twice", async () => {
    const one = await prover();
    const [a, b] = [await verify(await one.proof("GET", "/session", null)), await verify(await one.proof("GET", "/session", null))];
    expect(a?.jti).toMatch(/^[0-9a-f]{32}$/);
    expect(a?.jti).not.toBe(b?.jti);
  });

  test("is by the server's clock, as far as it is known", async () => {
    const one = await prover();
    one.setOffset(-90_400);
    expect((await verify(await one.proof("GET", "/session", null)))?.iat).toBe(Math.floor((NINE_MS - 90_400) / 1000));
    one.setTime("2026-11-23T10:00:00.000Z");
    expect((await verify(await one.proof("GET", "/session", null)))?.iat).toBe(NINE_MS / 1000 + 3600);
    one.setTime(`not ${NINE}`);
    expect((await verify(await one.proof("GET", "/session", null)))?.iat).toBe(NINE_MS / 1000 + 3600);
  });

  test("that was changed on the way is not good", async () => {
    const [head, payload, signature] = (await (await prover()).proof("GET", "/session", null)).split(".");
    const claims = Buffer.from(payload ?? "", "base64url").toString();
    const forged = Buffer.from(claims.replace("GET", "POST")).toString("base64url");
    expect(await verify(`${head}.${forged}.${signature}`)).toBeNull();
  });

  test("over a large push costs it little", async () => {
    const one = await prover();
    const body = JSON.stringify({ docs: Array.from({ length: 200 }, () => "x".repeat(2500)) });
    const began = performance.now();
    for (let turn = 0; turn < 20; turn += 1) await one.proof("POST", "/db/sch-1/_bulk_docs", body);
    // About 2 ms each on a slow machine; a push of this size takes a hundred.
    expect((performance.now() - began) / 20).toBeLessThan(25);
  });
});
