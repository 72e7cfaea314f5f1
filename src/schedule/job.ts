import type { When } from './when.ts'

/** A command that is to run unattended, as its printers need it. Holds no secret. */
export interface ScheduledJob {
  /** Of systemd units, of a CronJob: lower-case letters, digits and dashes. */
  name: string
  /** What it does, as `project 9 on master`. */
  about: string
  /** The words after the program's name, one list for each build. */
  commands: string[][]
  /** Whether it reads from GitLab, which a trigger token may not. */
  reads: boolean
}

/** A job at a time. */
export interface TimedJob extends ScheduledJob {
  when: When
  /** As Europe/Berlin. */
  zone: string
}

/** A secret that the job reads from a file. */
export interface SecretFile {
  /** The file's name where the job runs, by which the program finds it. */
  name: 'gitlab_trigger_token' | 'gitlab_trigger_api_token'
  /** Where it is on this machine. */
  path: string
}
