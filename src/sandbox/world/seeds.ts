import { createHash } from 'node:crypto'
import type { GitlabVersion } from '../version/version.ts'
import { atLeast } from '../version/version.ts'

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
  /** A personal access token that may read everything. */
  api: string
  /** A personal access token of `colleague`, another maintainer. */
  colleague: string
  /** A personal access token whose scope is `read_api`: it reads, and does nothing. */
  readApi: string
  /** A personal access token of a reporter, who may read, and may not cancel, retry or play. */
  reporter: string
  /** The job token of a running job of project 9; projects 9 and 10 let it in (18.9). */
  job: string
  /** The job token of a job that has ended. */
  finishedJob: string
  /** The job token of a running job that no project here lets in. */
  outsideJob: string
}

function triggerToken(words: string, gitlab: GitlabVersion): string {
  return atLeast(gitlab, '18.9') ? `glptt-${hex40(words)}` : hex40(words).slice(0, 30)
}

/** The tokens, in the form that the version gives them (facts 3, "Format"). */
export function seedTokens(gitlab: GitlabVersion): Tokens {
  const now = atLeast(gitlab, '18.9')
  return {
    trigger: triggerToken('trigger token of seed/app', gitlab),
    otherTrigger: triggerToken('trigger token of deep', gitlab),
    publicTrigger: triggerToken('trigger token of seed/docs', gitlab),
    colleagueTrigger: triggerToken('trigger token of a colleague', gitlab),
    api: `${now ? 'glpat-' : ''}${hex40('personal token').slice(0, 20)}`,
    colleague: `${now ? 'glpat-' : ''}${hex40('personal token of a colleague').slice(0, 20)}`,
    readApi: `${now ? 'glpat-' : ''}${hex40('token that reads').slice(0, 20)}`,
    reporter: `${now ? 'glpat-' : ''}${hex40('token of a reporter').slice(0, 20)}`,
    job: `${now ? 'glcbt-' : ''}${hex40('running job').slice(0, 20)}`,
    finishedJob: `${now ? 'glcbt-' : ''}${hex40('finished job').slice(0, 20)}`,
    outsideJob: `${now ? 'glcbt-' : ''}${hex40('outside job').slice(0, 20)}`,
  }
}
