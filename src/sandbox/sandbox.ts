import type { Fault } from './http/faults.ts'
import type { RateLimit } from './http/rate.ts'
import type { SeenRequest } from './http/seen.ts'
import type { Scenario } from './scenario/scenario.ts'
import type { Scripted } from './script/direct.ts'
import type { Script } from './script/script.ts'
import type { GitlabVersion } from './version/version.ts'
import type { AddedPipeline, PipelineRequest } from './world/add-pipeline.ts'
import type { Pipeline } from './world/model.ts'
import type { NewProject } from './world/projects.ts'
import type { PersonalTokenRequest, TokenRequest } from './world/put.ts'
import type { Tokens } from './world/seeds.ts'

/** A project, with what is needed to trigger it. */
export interface ProjectSummary {
  id: number
  path: string
  defaultBranch: string
  /** The texts of its trigger tokens, oldest first. */
  triggerTokens: string[]
}

/** How a sandbox is set up. */
export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  port?: number
  /** The address to listen on, 127.0.0.1 by default; another one lets other machines in, who can read and change everything. */
  listen?: string
  /** Names under which it may be called, besides those of the loopback interface; `url` has the first. */
  hosts?: readonly string[]
  /** The path of a relative-URL install, for example `/gitlab`. */
  prefix?: string
  /** What it holds, in place of the usual projects; `scenario/read.ts` checks it. */
  scenario?: Scenario
  /** The length of a step of a pipeline in milliseconds, 1000 by default; with 0 pipelines end at once. */
  paceMs?: number
  /** The release that is played, `18.9` by default. */
  gitlab?: GitlabVersion
  /** The clock, in milliseconds. */
  now: () => number
  /** PEM texts; with them the sandbox speaks HTTPS. */
  tls?: { key: string; cert: string }
  /** The jobs of a pipeline are empty for this many reads, as they can be on a busy server. */
  jobsAfterPolls?: number
  /** Adds `RateLimit-*` headers to every answer, and refuses requests above the limit if it says so. */
  rateLimit?: RateLimit
}

/** A running stand-in for GitLab. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT/prefix`, without a slash at the end; opened in a browser it shows the pages. */
  url: string
  tokens: Tokens
  /** Every request to GitLab in the order of arrival; the pages under `/sandbox` do not count. */
  requests: SeenRequest[]
  /** Every pipeline in the order of creation, with the variables and inputs that GitLab stored. */
  pipelines: readonly Pipeline[]
  /** The projects with their trigger tokens, in the order of the scenario. */
  projects(): ProjectSummary[]
  /** Forgets every request, pipeline, token, schedule and fault: it is as it was when it started. */
  reset(): void
  /** Queues a fault for the next request it matches. */
  failNext(fault: Fault): void
  /** Adds a pipeline that another user started. */
  addPipeline(request?: PipelineRequest): AddedPipeline
  /** Adds a trigger token. */
  addToken(request?: TokenRequest): { id: number; token: string }
  /** Adds a project, and returns its id. */
  addProject(project: NewProject): number
  /** Adds a branch or tag to a project, by default 9. */
  addRef(name: string, kind?: 'branch' | 'tag', project?: number): void
  /**
   * Sets the course of a pipeline by its id, or of all that will be created on a ref (of project 9, or `{
   * project, ref }`). Throws a RangeError for what does not exist.
   */
  script(which: Scripted, script: Script): void
  /**
   * Changes a setting of a project, by default 9, or of the instance, as `--set` does. Throws a RangeError
   * for an unknown setting or value.
   */
  set(name: string, value: string, project?: number): void
  /** Adds a personal access token, by default with the scope `api`, and returns its text. */
  addPersonalToken(token: PersonalTokenRequest): string
  /** What it says of itself when it starts: its projects, their trigger tokens, and what each ref does. */
  greeting(): string
  /** How many connections are open. */
  connections(): number
  /** Closes the server and every connection. */
  close(): Promise<void>
}
