import type { Reader } from '../auth/abilities.ts'
import { json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { userShape } from '../shapes/pipeline.ts'
import { has } from '../version/differences.ts'
import { fullVersions } from '../version/version.ts'
import { hex40 } from '../world/seeds.ts'

const revision = hex40('revision').slice(0, 11)

/** `GET /version`, and on 18.9 `GET /metadata`, which it is another name of. */
export function version(call: Call): Answer {
  const old = { version: fullVersions[call.gitlab], revision }
  if (!has(call.gitlab, 'metadata')) return json(200, old)
  const kas = { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null }
  return json(200, { ...old, kas, enterprise: false })
}

const joinedAt = '2015-09-01T08:30:00.000Z'

/** `GET /user`: the user whose token asks. */
export function user(call: Call, who: Reader): Answer {
  const username = who.kind === 'nobody' ? '' : who.username
  const email = `${username}@example.com`
  return json(200, {
    ...userShape(call, username),
    created_at: joinedAt,
    bio: '',
    location: '',
    linkedin: '',
    twitter: '',
    discord: '',
    website_url: '',
    github: '',
    job_title: '',
    pronouns: null,
    organization: '',
    bot: false,
    work_information: null,
    local_time: null,
    last_sign_in_at: joinedAt,
    confirmed_at: joinedAt,
    last_activity_on: new Date(call.now).toISOString().slice(0, 10),
    email,
    theme_id: 3,
    color_scheme_id: 1,
    projects_limit: 100_000,
    current_sign_in_at: joinedAt,
    identities: [],
    can_create_group: true,
    can_create_project: true,
    two_factor_enabled: false,
    external: false,
    private_profile: false,
    commit_email: email,
    preferred_language: 'en',
  })
}
