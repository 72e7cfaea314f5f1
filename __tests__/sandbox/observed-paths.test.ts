import type { Row } from './helpers/observed.ts'
import { observe } from './helpers/observed.ts'
import type { Build, Target } from './helpers/sent.ts'
import { body, fields, part, form, seed } from './helpers/sent.ts'
import { startSandbox } from '../../src/sandbox/server.ts'

const urlencoded = 'application/x-www-form-urlencoded'
const ref = (name: string): Build => fields(['token', 'TOKEN'], ['ref', name])
const at = (change: (path: string) => string): Build => seed((to) => ({ path: change(to.path) }))
const project = (id: string): Build => at((path) => path.replace('/9/', `/${id}/`))
const refInPath = (name: string): Build => at((path) => path.replace('/trigger', `/ref/${name}/trigger`))
const method = (name: string): Build => seed(() => ({ method: name }))
const inQuery =
  (query: (to: Target) => string, text: string): Build =>
  (to) => ({
    ...body(text === '' ? undefined : urlencoded, text)(to),
    path: `${to.path}?${query(to)}`,
  })
const v3 = (path: string): string => path.replace('v4', 'v3')
const other = (path: string): string =>
  path.includes('v3')
    ? path.replace('v3', 'v4').replace('builds', 'pipeline')
    : v3(path).replace('pipeline', 'builds')
const otherWord = (path: string): string =>
  path.includes('builds') ? path.replace('builds', 'pipeline') : path.replace('pipeline', 'builds')

// The commit ids of the sandbox are the same in every version.
const sha = await (async () => {
  const sandbox = await startSandbox({ now: () => 0 })
  const added = sandbox.addPipeline({ ref: 'develop' })
  await sandbox.close()
  return added.sha
})()

const noBuilds = '400 M: No builds created'
const noRef = '400 base: Reference not found'
const v3Gone = '410 E: API V3 is no longer supported. Use API V4 instead.'
const both = '400 E: ref is missing, token is missing'
const bothNow = '400 E: ref is missing, ref is empty, token is missing'
const notAllowed = "400 base: Insufficient permissions for protected ref 'protected'"
const notAllowedNow =
  "400 base: You do not have sufficient permission to run a pipeline on 'protected'. Please select a different branch or contact your administrator for assistance. Learn more"

// prettier-ignore
const rows: Row[] = [
  ['seed: token+ref', seed(), '201 null', '″', '201 {}', '201', '201 {}'],
  ['seed: + variables[UPLOAD_TO_S3]=true', form(part('variables[UPLOAD_TO_S3]', 'true')), '201 {"UPLOAD_TO_S3":"true"}', '″', '″', '201', '201 {"UPLOAD_TO_S3":"true"}'],
  ['missing ref', fields(['token', 'TOKEN']), '400 M: 400 (Bad request) "ref" not given', '400 E: ref is missing', '″', '″', '400 E: ref is missing, ref is empty'],
  ['missing token', fields(['ref', 'master']), '400 M: 400 (Bad request) "token" not given', '400 E: token is missing', '″', '″', '″'],
  ['missing both', fields(['x', 'y']), '400 M: 400 (Bad request) "ref" not given', both, '″', '″', bothNow],
  ['empty ref', ref(''), '400 M: 400 (Bad request) "ref" not given', noBuilds, noRef, '″', '400 E: ref is empty'],
  ['blank ref (spaces)', ref('  '), '400 M: 400 (Bad request) "ref" not given', noBuilds, noRef, '″', '400 E: ref is empty'],
  ['empty token', fields(['token', ''], ['ref', 'master']), '400 M: 400 (Bad request) "token" not given', '404 M404', '″', '″', '″'],
  ['bad token', fields(['token', 'no'], ['ref', 'master']), '404 M404', '″', '″', '″', '″'],
  ["another project's token", fields(['token', 'OTHER'], ['ref', 'master']), '401 M: 401 Unauthorized', '″', '404 M404', '″', '″'],
  ['token with trailing newline', fields(['token', 'TOKEN\n'], ['ref', 'master']), '404 M404', '″', '″', '″', '″'],
  ['ref with trailing newline', ref('master\n'), noBuilds, '″', noRef, '″', '″'],
  ['unknown project id', project('999'), '404 M404', '″', '″', '″', '″'],
  ['unknown project path', project('seed%2Fnone'), '404 M404', '″', '″', '″', '″'],
  ['project id 0', project('0'), '404 M404', '″', '″', '″', '″'],
  ['project id not a number, no slash', project('nine'), '404 M404', '″', '″', '″', '″'],
  ['project as encoded path', project('seed%2Fapp'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['encoded path, other case', project('Seed%2FAPP'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['encoded nested path with a dot', (to) => ({ ...fields(['token', 'OTHER'], ['ref', 'master'])(to), path: to.path.replace('/9/', '/seed%2Fgroup%2Fsub.dotted%2Fdeep/') }), '404 html', '404 E404', '201 {}', '201', '201'],
  ['lower-case %2f', project('seed%2fapp'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['path NOT encoded', project('seed/app'), '404 html', '404 E404', '″', '″', '″'],
  ['double encoded path', project('seed%252Fapp'), '404 M404', '″', '″', '″', '″'],
  ['id with leading zero 09', project('09'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['id 9.json', project('9.json'), '404 html', '404 E404', '404 M404', '″', '″'],
  ['unknown ref', ref('nowhere'), noBuilds, '″', noRef, '″', '″'],
  ['ref = tag', ref('v1.0.0'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['ref = 40-hex sha', ref(sha), '201 null', '″', noRef, '″', '″'],
  ['ref = branch with slash', ref('feature/x'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['ref = unicode branch', ref('größe'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['ref = refs/heads/master † (18.9: by its source)', ref('refs/heads/master'), noBuilds, '″', '400 base: Commit not found', '″', '201 {}'],
  ['ref = protected branch †', ref('protected'), '201 null', '″', notAllowed, '″', notAllowedNow],
  ['ref in the path', refInPath('develop'), '404 html', '201 null', '201 {}', '201', '201 {}'],
  ['ref in the path, with slash encoded', refInPath('feature%2Fx'), '404 html', '201 null', '201 {}', '201', '201 {}'],
  ['ref in the path, with a dot', refInPath('v1.0.0'), '404 html', '404 E404', '201 {}', '201', '201 {}'],
  ['ref in path and in body (differ)', (to) => ({ ...ref('nowhere')(to), path: to.path.replace('/trigger', '/ref/develop/trigger') }), '404 html', '201 null', '201 {}', '201', '201 {}'],
  ['token+ref in the query string', inQuery((to) => `token=${to.token}&ref=master`, ''), '201 null', '″', '201 {}', '201', '201 {}'],
  ['query and body disagree on ref', inQuery((to) => `token=${to.token}&ref=nowhere`, 'ref=master'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['trailing slash', at((path) => `${path}/`), '201 null', '″', '201 {}', '201', '201 {}'],
  ['.json suffix', at((path) => `${path}.json`), '201 null', '″', '201 {}', '201', '201 {}'],
  ['.xml suffix', at((path) => `${path}.xml`), '201 null', '″', '201 {}', '201', '201 {}'],
  ['double slash before path †', at((path) => `/${path}`), '404 E: 404 API Version Not Found', '″', '201 {}', '201', '201 {}'],
  ['method GET ‡', method('GET'), '500 M500', '404 E404', '″', '″', '″'],
  ['method PUT ‡', method('PUT'), '500 M500', '404 E404', '″', '″', '″'],
  ['method DELETE ‡', method('DELETE'), '500 M500', '404 E404', '″', '″', '″'],
  ['method PATCH ‡', method('PATCH'), '500 M500', '404 E404', '″', '″', '″'],
  ['method HEAD ‡', method('HEAD'), '500', '404', '″', '″', '″'],
  ['method OPTIONS', method('OPTIONS'), '204', '″', '″', '″', '″'],
  ['other api version', at(other), '404 html', '404 E404', '201', '201 {}', v3Gone],
  ['api v5 ‡', at((path) => path.replace(/v[34]/, 'v5')), '404 html', '″', '″', '″', '″'],
  ['wrong endpoint word', at(otherWord), '404 html', '404 E404', '201', '404 E404', '″'],
]

observe(rows)
