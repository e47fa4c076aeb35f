// An OpenID provider for the integration tests: the certified `oidc-provider` with our settings, and keys made as it
// starts.
//
//   node provider.mjs [--port N]     prints {"issuer":"http://127.0.0.1:PORT"} once it listens
//
// Clients: enkrat-es256, enkrat-ps256, ... (one for each algorithm) and stranger; public, with PKCE. A login asks
// GET  /interaction/<uid>   what the person would see: the login, and the documents of authorization_details
// POST /interaction/<uid>   the person's answer: sub, and acr, amr (words apart), authenticated_ago (seconds)
// POST /control/rotate      new signing keys; the ones before stay in the key set
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import Provider, { errors, interactionPolicy } from 'oidc-provider';

const REDIRECT_URI = 'http://127.0.0.1/callback';
const ACR_VALUES = ['urn:example:loa:low', 'urn:example:loa:substantial', 'urn:example:loa:high'];
const PERSON_CLAIMS = ['given_name', 'family_name', 'country', 'birthdate', 'nickname', 'loa', 'mandates'];
const RESOURCE = 'urn:example:signing';
const ACT_TYPE = 'document_signing';

const KEY_KINDS = {
  ES256: ['ec', { namedCurve: 'P-256' }],
  PS256: ['rsa', { modulusLength: 2048 }],
  RS256: ['rsa', { modulusLength: 2048 }],
  EdDSA: ['ed25519', {}],
};
const ALGORITHMS = Object.keys(KEY_KINDS);

const { values: options } = parseArgs({ options: { port: { type: 'string', default: '0' } } });

function makeKeys() {
  return ALGORITHMS.map((alg) => {
    const [kind, settings] = KEY_KINDS[alg];
    const { privateKey } = generateKeyPairSync(kind, settings);
    return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomBytes(8).toString('hex') };
  });
}

const person = {
  given_name: 'Ana',
  family_name: 'Novak',
  country: 'SI',
  birthdate: '1990-05-17',
  nickname: 'lastovka',
  loa: 30,
  mandates: [{ organization_identifier: 'VATSI-12345678', organization: 'Mlin d.o.o.' }],
};

const client = (clientId, alg) => ({
  client_id: clientId,
  redirect_uris: [REDIRECT_URI],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  token_endpoint_auth_method: 'none',
  id_token_signed_response_alg: alg,
  authorization_details_types: [ACT_TYPE],
});
const clients = [...ALGORITHMS.map((alg) => client(`enkrat-${alg.toLowerCase()}`, alg)), client('stranger', 'ES256')];

// A session below what acr_values ask for is no reason to refuse: the person logs in anew (RFC 9470 5).
function stepUpPolicy() {
  const { base, Check } = interactionPolicy;
  const policy = base();
  policy.get('login').checks.add(new Check('step_up', 'a stronger authentication is asked for', ({ oidc }) => {
    const asked = oidc.params.acr_values?.split(' ') ?? [];
    const enough = asked.length === 0 || asked.includes(oidc.session.acr) || oidc.result?.login;
    return enough ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  }));
  return policy;
}

function validateAct(_ctx, detail) {
  if (!Array.isArray(detail.documents) || detail.documents.length === 0) {
    throw new errors.InvalidAuthorizationDetails('an act without documents');
  }
}

function settings(keys) {
  return {
    clients,
    jwks: { keys },
    cookies: { keys: [cookieKey] },
    pkce: { required: () => true },
    acrValues: ACR_VALUES,
    claims: {
      openid: ['sub', 'amr', 'authorization_details'],
      profile: PERSON_CLAIMS,
      acr: null,
      auth_time: null,
      iss: null,
      sid: null,
    },
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
    features: {
      claimsParameter: { enabled: true },
      devInteractions: { enabled: false },
      // The provider wants a resource (RFC 8707) for what is authorised; its access token is of no use to anybody.
      resourceIndicators: {
        enabled: true,
        defaultResource: ({ oidc }) => (oidc.params.authorization_details ? RESOURCE : undefined),
        getResourceServerInfo: () => ({ scope: '', accessTokenFormat: 'opaque' }),
      },
      richAuthorizationRequests: {
        enabled: true,
        ack: 'experimental-01',
        types: { [ACT_TYPE]: { validate: validateAct } },
        rarForAuthorizationCode: ({ oidc }) => (
          oidc.params.authorization_details && JSON.parse(oidc.params.authorization_details)),
        rarForCodeResponse: ({ oidc }) => oidc.authorizationCode?.rar,
        rarForRefreshTokenResponse: () => undefined,
        rarForIntrospectionResponse: () => undefined,
      },
    },
    interactions: {
      policy: stepUpPolicy(),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 3600, IdToken: 300, Interaction: 600, Session: 3600 },
    // `code` is there when the token is made: what was authorised with it goes into the ID token.
    findAccount: (_ctx, sub, code) => ({
      accountId: sub,
      claims: () => ({ sub, ...person, ...(code?.rar && { authorization_details: code.rar }) }),
    }),
  };
}

async function readForm(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
}

async function grantFor(interaction, sub) {
  const { params } = interaction;
  const grant = new provider.Grant({ accountId: sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims([...PERSON_CLAIMS, 'amr', 'authorization_details']);
  return grant.save();
}

async function answerInteraction(request, response) {
  const interaction = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ prompt: interaction.prompt.name, params: interaction.params }));
    return;
  }
  const form = await readForm(request);
  const sub = interaction.prompt.name === 'login' ? form.get('sub') : interaction.session.accountId;
  const asked = (interaction.params.acr_values ?? '').split(' ').find((acr) => ACR_VALUES.includes(acr));
  const result = { consent: { grantId: await grantFor(interaction, sub) } };
  if (interaction.prompt.name === 'login') {
    result.login = {
      accountId: sub,
      acr: form.get('acr') ?? asked ?? ACR_VALUES[0],
      amr: (form.get('amr') ?? 'pwd').split(' '),
      ts: Math.floor(Date.now() / 1000) - Number(form.get('authenticated_ago') ?? 0),
    };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function serve(request, response) {
  if (request.method === 'POST' && request.url === '/control/rotate') {
    [keys, previousKeys] = [makeKeys(), keys];
    startProvider();
    response.end('{}');
  } else if (request.url.startsWith('/interaction/')) {
    await answerInteraction(request, response);
  } else {
    await provider.callback()(request, response);
  }
}

function startProvider() {
  provider = new Provider(issuer, settings([...keys, ...previousKeys]));
}

const cookieKey = randomBytes(32).toString('hex');
let keys = makeKeys();
let previousKeys = [];
let provider;
let issuer;

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end('{}');
  });
});
server.listen(Number(options.port), '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  startProvider();
  console.log(JSON.stringify({ issuer }));
});
