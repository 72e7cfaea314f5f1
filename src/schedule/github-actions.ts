import { shellQuote } from '../core/text/shell-quote.ts'
import { installedLine, testComment } from './gitlab-ci.ts'
import type { ScheduledJob } from './job.ts'
import type { When } from './when.ts'
import { yaml } from './yaml.ts'

/** Escapes `${{`, because GitHub expands `${{ ... }}` before the shell sees it. */
function literal(line: string): string {
  return line.replaceAll('${{', "${{ '${{' }}")
}

/** A step of a GitHub Actions job that installs this npm package, or a whole scheduled workflow if `when` is given. */
export function githubActions(
  { about, commands, reads }: ScheduledJob,
  packageName: string,
  when: When | undefined,
): string {
  const [first = []] = commands
  const secrets = ['GITLAB_TRIGGER_TOKEN', ...(reads ? ['GITLAB_TRIGGER_API_TOKEN'] : [])]
  const step = {
    name: literal(`Trigger ${about}`),
    env: Object.fromEntries(secrets.map((name) => [name, `\${{ secrets.${name} }}`])),
    run: [
      literal(`npm install --global --ignore-scripts ${shellQuote(packageName)}`),
      ...commands.map(installedLine).map(literal),
      '',
    ].join('\n'),
  }
  const workflow = {
    name: literal(`Trigger ${about}`),
    on: { schedule: [{ cron: when?.text }], workflow_dispatch: {} },
    permissions: {},
    // Without following, ten minutes are enough.
    jobs: {
      trigger: { 'runs-on': 'ubuntu-latest', ...(!reads && { 'timeout-minutes': 10 }), steps: [step] },
    },
  }
  return [
    '# The trigger token is the repository secret GITLAB_TRIGGER_TOKEN.\n',
    reads ? '# An API token (read_api) is the secret GITLAB_TRIGGER_API_TOKEN.\n' : '',
    yaml(when ? workflow : [step]),
    testComment(installedLine([...first, '--dry-run'])),
  ].join('')
}
