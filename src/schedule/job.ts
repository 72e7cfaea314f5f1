import type { When } from './when.ts'

/** A command to run unattended. It contains no secrets. */
export interface ScheduledJob {
  /** The name for systemd units, CronJobs and CI jobs: lower-case letters, digits and dashes. */
  name: string
  /** A description such as `project 9 on master`. */
  about: string
  /** The arguments of the program, one list for each pipeline. */
  commands: string[][]
  /** Whether it needs an API token to read from GitLab. */
  reads: boolean
}

/** A job with its schedule. */
export interface TimedJob extends ScheduledJob {
  when: When
  /** A time zone such as Europe/Berlin. */
  zone: string
}

/** A secret that the job reads from a file. */
export interface SecretFile {
  /** The file's name where the job runs. */
  name: 'gitlab_trigger_token' | 'gitlab_trigger_api_token'
  /** The file's path on this machine. */
  path: string
}
