import { shellQuote } from '../core/text/shell-quote.ts'
import type { ScheduledJob } from './job.ts'
import type { When } from './when.ts'
import { yaml } from './yaml.ts'

/** A shell line that runs the installed program. */
export function installedLine(words: readonly string[]): string {
  return ['gitlab-trigger', ...words].map(shellQuote).join(' ')
}

/** The closing comment that says how to test the command without starting a pipeline. */
export function testComment(line: string): string {
  const isOne = !line.includes('\n')
  return `# Test it now (it starts no pipeline): ${isOne ? line : 'the same line with --dry-run'}\n`
}

function scheduleLine({ when, zone }: { when: When; zone: string }): string {
  const words = ['schedule', 'gitlab', 'create', '--at', when.text, '--timezone', zone]
  return `# ${installedLine(words)} --project ID --ref main\n`
}

/**
 * A job for .gitlab-ci.yml that runs on tags, or on a schedule if `at` is given. The runner retries it if
 * provably no pipeline was created. The command writes the files in `reports`: the variables of `dotenv` are those of later jobs, the links of
 * `annotations` are on the page of the job.
 */
export function gitlabCiJob(
  { name, commands, reads }: ScheduledJob,
  image: string,
  at: { when: When; zone: string } | undefined,
  reports: { dotenv: string; annotations?: string },
): string {
  const job = {
    stage: 'deploy',
    image,
    rules: [{ if: at ? '$CI_PIPELINE_SOURCE == "schedule"' : '$CI_COMMIT_TAG' }],
    script: commands.map(installedLine),
    retry: { max: 2, exit_codes: [6, 10, 12] },
    artifacts: { when: 'always', reports },
  }
  const [first = []] = commands
  return [
    '# The token is CI_JOB_TOKEN: the other project must have this one on its job token allowlist. Or set a masked\n',
    `# variable GITLAB_TRIGGER_TOKEN with a trigger token${reads ? ', and GITLAB_TRIGGER_API_TOKEN with an API token (read_api)' : ''}.\n`,
    at
      ? `# It runs in pipelines of a pipeline schedule. This creates the schedule:\n${scheduleLine(at)}`
      : '',
    yaml({ [name]: job }),
    testComment(installedLine([...first, '--dry-run'])),
  ].join('')
}
