import type { Declared } from '../params/declared.ts'
import { ciFile } from '../read/ci-file.ts'
import * as commits from '../read/commits.ts'
import * as instance from '../read/instance.ts'
import { pagination } from '../read/paging.ts'
import * as projects from '../read/projects.ts'
import type { Route } from './route.ts'
import { kindOf, p } from './route.ts'

const flags = (...names: string[]): Declared[] =>
  names.map((name) => ({ name, type: 'boolean', default: 'false' }))

const listed: readonly Declared[] = [
  ...pagination,
  { name: 'order_by', type: 'string', default: 'created_at' },
  { name: 'sort', type: 'string', values: ['asc', 'desc'], default: 'desc' },
  { name: 'archived', type: 'boolean' },
  { name: 'visibility', type: 'string', values: ['private', 'internal', 'public'] },
  { name: 'search', type: 'string' },
  { name: 'search_namespaces', type: 'boolean' },
  ...flags('imported', 'include_hidden', 'membership', 'owned', 'repository_checksum_failed', 'simple'),
  ...flags('starred', 'statistics', 'wiki_checksum_failed', 'with_custom_attributes'),
  ...flags('with_issues_enabled', 'with_merge_requests_enabled'),
]

const ofRefs: readonly Declared[] = [...pagination, { name: 'search', type: 'string' }]

const ofCommits: readonly Declared[] = [
  ...pagination,
  { name: 'ref_name', type: 'string' },
  { name: 'since', type: 'date' },
  { name: 'until', type: 'date' },
  { name: 'path', type: 'string' },
  { name: 'all', type: 'boolean' },
]

// prettier-ignore
/** The instance, projects and their repositories. */
export const projectRoutes: Route[] = [
  ...kindOf('v4', ['read_user', 'api', 'read_api'], [
    { method: 'GET', path: '/version', needs: 'login first', server: instance.version },
    { method: 'GET', path: '/metadata', since: '18.9', needs: 'login first', server: instance.version },
    { method: 'GET', path: '/user', needs: 'login first', server: instance.user },
  ]),
  ...kindOf('v4', ['ai_workflows', 'api', 'read_api'], [
    { method: 'GET', path: '/projects', needs: 'nothing', params: listed, server: projects.list },
    { method: 'GET', path: p, needs: 'nothing', read: projects.show },
  ]),
  ...kindOf('v4', ['ai_workflows', 'api', 'read_api'], [
    { method: 'GET', path: `${p}/repository/branches`, needs: 'nothing', params: ofRefs, can: 'read_code', read: commits.branches },
    { method: 'GET', path: `${p}/repository/branches/:name`, needs: 'nothing', can: 'read_code', read: commits.branch },
    { method: 'GET', path: `${p}/repository/tags`, needs: 'nothing', params: ofRefs, can: 'read_code', read: commits.tags },
    { method: 'GET', path: `${p}/repository/tags/:name`, needs: 'nothing', can: 'read_code', read: commits.tag },
    { method: 'GET', path: `${p}/repository/commits`, needs: 'nothing', params: ofCommits, can: 'read_code', read: commits.list },
    { method: 'GET', path: `${p}/repository/commits/:sha`, needs: 'nothing', can: 'read_code', read: commits.commit },
  ]),
  ...kindOf('v4', ['ai_workflows', 'api', 'read_api'], [
    { method: 'GET', path: `${p}/repository/files/:path/raw`, needs: 'nothing', params: [{ name: 'ref', type: 'string' }], can: 'read_code', read: ciFile },
  ]),
]
