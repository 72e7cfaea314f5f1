import { exitCodes } from '../core/exit-codes.ts'
import { environmentTable } from './environment.ts'
import { columns, fitted } from './help-layout.ts'
import { cronTopic, gitlabCiTopic, jsonTopic, tokensTopic, variablesTopic } from './help/task-topics.ts'
import type { topicNames } from './topic-names.ts'

function exitCodesTopic(width: number): string {
  const head = ['code', 'meaning', 'the pipeline', 'run again?']
  const rows = Object.values(exitCodes).map(({ code, meaning, build, again }) => [
    String(code),
    meaning,
    build,
    again,
  ])
  return `${columns([head, ...rows], width)}
Every run that fails says on stderr whether no pipeline was created, pipeline N was created, or a pipeline may have been created. Commands that create no pipeline do not mention that.
Only 6, 10 and 12 are safe to retry unchecked (GitLab CI: retry:exit_codes);
of several targets only with batch --resume: a plain rerun triggers all again.
With several targets the worst counts: 1, 7, 11, 3, 8, 14, 4, 5, 12, 6, 10, 2.
`
}

function environmentTopic(width: number): string {
  return `${columns(environmentTable, width)}
An empty variable counts as unset. Flags win over the environment, the environment over what CI provides.
`
}

const configTopic = `Files, best first (gitlab-trigger config path shows which are used):
  the one named by --config or GITLAB_TRIGGER_CONFIG, and then no other
  .gitlab-triggerrc[.yaml|.yml|.json], or gitlab-trigger in package.json, of this checkout: once trusted
  $XDG_CONFIG_HOME/gitlab-trigger/config.yaml (.yml, .json); default ~/.config
  /etc/gitlab-trigger/config.yaml, then $XDG_CONFIG_DIRS

default: work
servers:
  work:
    url: https://gitlab.example.com      # a path prefix is kept
    api: auto                            # v4, v3, or auto
    projects:                            # a trigger token belongs to a project
      group/docs: { tokenFile: docs.token }   # or tokenEnv: NAME, tokenFrom: keyring, tokenCommand, token
      group/site: { tokenFile: site.token, ref: main }
    apiTokenFrom: pass:gitlab/api        # an API token (read_api); also op://..., vault:PATH#FIELD, keyring
    caFile: /etc/ssl/company.pem         # certFile and keyFile: client certificate
recipes:
  nightly-docs:                          # gitlab-trigger run nightly-docs
    server: work
    project: group/docs
    ref: main
    variables: { NIGHTLY: "true" }       # values are text: quote what is not
    exitCodes: { 3: 0 }                  # exit with 0 instead of 3
  release:
    extends: nightly-docs
    # triggered in order; the worst exit code counts
    targets: [{ ref: v1 }, { project: group/site, ref: main }]

login writes such an entry, config set KEY VALUE changes one value of it: KEY is made of parts joined by dots, in quotes where a
part holds one, as 'servers.work.projects."group/site.x".ref'. Text is taken as typed, the rest as YAML: true, 3, '[a, b]'.

Each value: flag, environment, recipe, server, file, CI job, built-in; the first match wins. config show prints
which. A token is bound to its server's address, that of a recipe to its project too. A checkout's own file may name a server, never define one.
`

const securityTopic = `The token:   goes in the body of one POST to the server you name, nowhere else; redirects are never followed. Keep it in a file of mode 0600 (--token-file) or in GITLAB_TRIGGER_TOKEN. On the command line every user of the machine can read it.
Variables:   are not secret. GitLab shows them to the project's maintainers and copies them into the variable TRIGGER_PAYLOAD of the pipeline. Keep what a job needs to be secret in the project's own masked variables.
The server:  its certificate is checked; plain http needs --allow-http except on this machine.
Output:      secrets are masked in everything that is printed; text from the server cannot control the terminal.
`

const texts: Readonly<Record<(typeof topicNames)[number], (width: number) => string>> = {
  'exit-codes': exitCodesTopic,
  environment: environmentTopic,
  config: () => configTopic,
  security: () => securityTopic,
  variables: () => variablesTopic,
  cron: () => cronTopic,
  'gitlab-ci': () => gitlabCiTopic,
  tokens: () => tokensTopic,
  json: () => jsonTopic,
}

/** The text of `help <topic>`, in lines of at most this many columns. */
export function topicText(name: (typeof topicNames)[number], width: number): string {
  return fitted(texts[name](width), width)
}
