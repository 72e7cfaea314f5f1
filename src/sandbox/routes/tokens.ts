import { pagination } from '../read/paging.ts'
import { showOwnToken } from '../tokens/own-token.ts'
import * as triggers from '../tokens/routes.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

const one = `${p}/triggers/:trigger_id`

/** What a personal token is, which it may ask whatever its scope. */
const ownToken: Route[] = kindOf(
  'v4',
  ['api', 'read_api', 'read_user'],
  [
    {
      method: 'GET',
      path: '/personal_access_tokens/self',
      since: '18.9',
      needs: 'login first',
      server: showOwnToken,
    },
  ],
)

// prettier-ignore
/** Trigger tokens: the parameters are checked before the login. */
export const tokenRoutes: Route[] = [...ownToken, ...kindOf('v4', ['api', 'read_api'], [
  { method: 'GET', path: `${p}/triggers`, needs: 'login', params: pagination, can: 'admin_build', read: triggers.list },
  { method: 'GET', path: one, needs: 'login', can: 'admin_build', read: triggers.show },
  { method: 'POST', path: `${p}/triggers`, needs: 'login', params: [
    { name: 'description', type: 'string', required: true }, { name: 'expires_at', type: 'date' },
  ], can: 'manage_trigger', read: triggers.create },
  { method: 'PUT', path: one, needs: 'login', params: [{ name: 'description', type: 'string' }], read: triggers.update },
  { method: 'DELETE', path: one, needs: 'login', can: 'manage_trigger', read: triggers.revoke },
])]
