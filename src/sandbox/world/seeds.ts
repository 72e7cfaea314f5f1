import { createHash } from 'node:crypto'
import { has } from '../version/differences.ts'
import type { GitlabVersion } from '../version/version.ts'

/** Forty hex digits that are always the same for the same words. */
export function hex40(words: string): string {
  return createHash('sha1').update(`gitlab sandbox: ${words}`).digest('hex')
}

/** The credentials a sandbox knows, all fixed, so that a line typed once works again. */
export interface Tokens {
  /** Trigger token of project 9, `seed/app`. */
  trigger: string
  /** Trigger token of project 11, `seed/group/sub.dotted/deep`. */
  otherTrigger: string
  /** Trigger token of the public project 10, `seed/docs`. */
  publicTrigger: string
  /** Another trigger token of project 9, which belongs to `colleague`. */
  colleagueTrigger: string
  /** A personal access token of `seed`, the owner of projects 9 to 11, with the scope `api`. */
  api: string
  /** A personal access token of `colleague`, a maintainer. */
  colleague: string
  /** A personal access token of `seed` whose scope is `read_api`: it reads, and changes nothing. */
  readApi: string
  /** A personal access token of a developer. */
  developer: string
  /** A personal access token of a reporter, who may read, and may not cancel, retry or play. */
  reporter: string
  /** A personal access token of a guest. */
  guest: string
  /** A personal access token of a user who is a member of no project. */
  stranger: string
  /** A personal access token of `seed` that has expired. */
  expired: string
  /** A personal access token of `seed` that was revoked. */
  revoked: string
  /** A personal access token of a blocked user. */
  blocked: string
  /**
   * The job token of a running job of project 9, which runs as `seed`; projects 9 and 10 let it in (18.9).
   */
  job: string
  /** The job token of a job that has ended. */
  finishedJob: string
  /** A job token that has expired. */
  expiredJob: string
  /** The job token of a running job of project 12, which no other project lets in. */
  outsideJob: string
}

/** The text of a trigger token, in the form that the version gives it (facts 3, "Format"). */
export function triggerTokenText(words: string, gitlab: GitlabVersion): string {
  return has(gitlab, 'prefixes') ? `glptt-${hex40(words)}` : hex40(words).slice(0, 30)
}

/** The text of a personal access token. */
export function personalTokenText(words: string, gitlab: GitlabVersion): string {
  return `${has(gitlab, 'prefixes') ? 'glpat-' : ''}${hex40(words).slice(0, 20)}`
}

function jobTokenText(words: string, gitlab: GitlabVersion): string {
  return `${has(gitlab, 'prefixes') ? 'glcbt-' : ''}${hex40(words).slice(0, 20)}`
}

/** The tokens, in the form that the version gives them. */
export function seedTokens(gitlab: GitlabVersion): Tokens {
  return {
    trigger: triggerTokenText('trigger token of seed/app', gitlab),
    otherTrigger: triggerTokenText('trigger token of deep', gitlab),
    publicTrigger: triggerTokenText('trigger token of seed/docs', gitlab),
    colleagueTrigger: triggerTokenText('trigger token of a colleague', gitlab),
    api: personalTokenText('personal token', gitlab),
    colleague: personalTokenText('personal token of a colleague', gitlab),
    readApi: personalTokenText('token that reads', gitlab),
    developer: personalTokenText('token of a developer', gitlab),
    reporter: personalTokenText('token of a reporter', gitlab),
    guest: personalTokenText('token of a guest', gitlab),
    stranger: personalTokenText('token of a stranger', gitlab),
    expired: personalTokenText('expired token', gitlab),
    revoked: personalTokenText('revoked token', gitlab),
    blocked: personalTokenText('token of a blocked user', gitlab),
    job: jobTokenText('running job', gitlab),
    finishedJob: jobTokenText('finished job', gitlab),
    expiredJob: jobTokenText('expired job', gitlab),
    outsideJob: jobTokenText('outside job', gitlab),
  }
}
