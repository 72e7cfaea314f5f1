import type { Answer } from '../http/answer.ts'
import { json, message } from '../http/answer.ts'
import { putPersonalToken } from '../world/put.ts'
import type { Scope } from '../world/credentials.ts'
import type { World } from '../world/model.ts'
import { projectOf } from '../world/world.ts'
import { changeSetting, settingsOf } from './settings.ts'

/** An object from the body of a request; undefined for anything else. */
export function objectFrom(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** A value of JSON in the form in which the command line gives it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, each]) => `${name}:${String(each)}`)
    .join(',')
}

/** `PUT /sandbox/projects/:id`: changes settings, one member of the JSON object each; answers all of them. */
export function changeProject(world: World, id: string, body: Buffer): Answer {
  const project = projectOf(world, decodeURIComponent(id))
  if (project === undefined) return message(404, `the sandbox has no project ${id}`)
  const sent = objectFrom(body)
  if (sent === undefined) return message(400, 'send a JSON object')
  for (const [name, value] of Object.entries(sent)) {
    const problem = changeSetting(world, project, name, textOf(value))
    if (problem !== undefined) return message(400, problem)
  }
  return json(200, settingsOf(world, project))
}

const scopes: readonly Scope[] = ['api', 'read_api', 'read_user']

/**
 * `POST /sandbox/tokens`: makes a personal access token of `username`, with `scopes` and `expires_at` if they
 * are given.
 */
export function makeToken(world: World, body: Buffer): Answer {
  const sent = objectFrom(body)
  const username = sent?.['username']
  if (typeof username !== 'string' || username === '') return message(400, 'username must be a text')
  const wanted: unknown[] = Array.isArray(sent?.['scopes']) ? sent['scopes'] : ['api']
  const known = scopes.filter((scope) => wanted.includes(scope))
  if (known.length !== wanted.length) return message(400, `scopes must be of ${scopes.join(', ')}`)
  const until = sent?.['expires_at']
  const expiresAt = typeof until === 'string' ? Date.parse(until) : null
  if (Number.isNaN(expiresAt)) return message(400, 'expires_at must be a date')
  return json(201, { token: putPersonalToken(world, { username, scopes: known, expiresAt }) })
}
