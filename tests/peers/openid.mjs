// A real OpenID provider for the tests: npm's oidc-provider, with people, clients and keys of the
// tests' own. Configuration comes as JSON on the command line; `/test` turns it to the bad.
import http from "node:http";
import { Readable } from "node:stream";
import * as jose from "jose";
import Provider from "oidc-provider";

const { port, clients, people, idTokenClaims = true } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const state = { fault: null, tamper: null, tokens: [], farewells: [], asked: {} };
let keys = 0;
let signing;
let provider;

/** A provider with one new key; sessions and grants of the one before live on in its memory. */
async function rotate() {
  keys += 1;
  const { privateKey } = await jose.generateKeyPair("RS256", { extractable: true });
  signing = { ...(await jose.exportJWK(privateKey)), kid: `key-${keys}`, use: "sig", alg: "RS256" };
  provider = new Provider(issuer, {
    clients,
    jwks: { keys: [signing] },
    cookies: { keys: ["a fictional key"] },
    scopes: ["openid", "profile", "email", "groups"],
    claims: {
      profile: ["name", "preferred_username", "given_name", "family_name"],
      email: ["email", "email_verified"],
      groups: ["groups", "hd", "_claim_names"],
    },
    conformIdTokenClaims: !idTokenClaims,
    pkce: { required: () => true },
    ttl: { Session: 3600, Grant: 3600, Interaction: 600, IdToken: 300, AccessToken: 300 },
    findAccount: (_, sub) => (sub in people ? { accountId: sub, claims: () => ({ sub, ...people[sub] }) } : undefined),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          const button = '<button form="op.logoutForm" name="logout" value="yes">Sign out of everything</button>';
          ctx.body = `<!doctype html><html lang="en"><title>Sign out</title><h1>Sign out?</h1>${form}${button}`;
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = '<!doctype html><html lang="en"><title>Signed out</title><h1>Signed out of everything</h1></html>';
        },
      },
    },
    loadExistingGrant: async (ctx) => {
      const { oidc } = ctx;
      const known = oidc.session.grantIdFor(oidc.client.clientId);
      if (known) return provider.Grant.find(known);
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile email groups");
      await grant.save();
      return grant;
    },
    // What it tells other servers is also kept for the tests, which may be no server at all.
    fetch: async (url, options) => {
      state.farewells.push(new URLSearchParams(options.body).get("logout_token"));
      // Its own dispatcher refuses addresses of this very machine, where tests happen.
      const { dispatcher: _, ...plain } = options;
      return globalThis.fetch(url, plain).catch(() => new Response(null, { status: 200 }));
    },
  });
  provider.use(async (ctx, next) => {
    state.asked[ctx.path] = (state.asked[ctx.path] ?? 0) + 1;
    await next();
    if (ctx.path === "/token" && ctx.body?.id_token) {
      if (state.tamper) ctx.body = { ...ctx.body, id_token: await tampered(ctx.body.id_token, state.tamper) };
      state.tokens.push(ctx.body.id_token);
    }
  });
}

/** A token with other claims, or signed in another way than it should be. */
async function tampered(token, { set = {}, drop = [], how = "as ever" }) {
  const claims = { ...jose.decodeJwt(token), ...set };
  for (const name of drop) delete claims[name];
  const header = { alg: "RS256", kid: signing.kid };
  if (how === "none") return new jose.UnsecuredJWT(claims).encode();
  if (how === "hmac") {
    const key = new TextEncoder().encode(clients[0].client_secret.padEnd(32, "."));
    return new jose.SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: signing.kid }).sign(key);
  }
  if (how === "another key") {
    const { privateKey } = await jose.generateKeyPair("RS256");
    return new jose.SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  }
  const signed = await new jose.SignJWT(claims).setProtectedHeader(header).sign(await jose.importJWK(signing, "RS256"));
  return how === "half a signature" ? signed.slice(0, -20) : signed;
}

async function text(request) {
  let all = "";
  for await (const part of request) all += part;
  return all;
}

async function interaction(request, response) {
  const { prompt } = await provider.interactionDetails(request, response);
  if (request.method === "POST") {
    const form = new URLSearchParams(await text(request));
    const outcome = form.has("refuse") ? { error: "access_denied" } : { login: { accountId: form.get("who") } };
    return provider.interactionFinished(request, response, outcome, { mergeWithLastSubmission: false });
  }
  response.setHeader("Content-Type", "text/html");
  response.end(
    `<!doctype html><html lang="en"><title>Example provider</title><h1>Example provider (${prompt.name})</h1><form method="post">` +
      '<label>Who are you? <input name="who"></label><button>Continue</button></form></html>',
  );
}

/** `POST /test`: change what happens; answers what has happened so far. */
async function control(request, response) {
  const { rotate: wanted, person, farewell, ...changes } = JSON.parse((await text(request)) || "{}");
  if (wanted) await rotate();
  if (person) Object.assign(people, person);
  if (farewell) {
    const { alg = "RS256", typ = "logout+jwt", claims } = farewell;
    state.made = await new jose.SignJWT(claims).setProtectedHeader({ alg, typ, kid: signing.kid }).sign(await jose.importJWK(signing, "RS256"));
  }
  Object.assign(state, changes);
  response.end(JSON.stringify(state));
}

function failed({ url, socket }, response) {
  const { fault } = state;
  if (fault === null || !url.includes(fault.path)) return false;
  if (fault.kind === "cut") socket.destroy();
  else if (fault.kind === "answer") response.writeHead(fault.status, { "Content-Type": "application/json" }).end(fault.body);
  else if (fault.kind === "endless") Readable.from((function* () { for (let n = 0; n < 2000; n += 1) yield " ".repeat(65_536); })()).pipe(response);
  // A silent one answers never.
  return true;
}

await rotate();
const server = http.createServer((request, response) => {
  const work = async () => {
    if (request.url === "/test") return control(request, response);
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    if (failed(request, response)) return undefined;
    if (request.url.startsWith("/interaction/")) return interaction(request, response);
    return provider.callback()(request, response);
  };
  work().catch((error) => {
    if (!response.headersSent) response.writeHead(500);
    response.end(String(error));
  });
});
server.listen(port, "127.0.0.1", () => console.log(`listening on ${issuer}`));
