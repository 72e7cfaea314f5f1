/** The environment variables that the program reads, and what each is for. */
export const environmentTable: readonly (readonly [name: string, meaning: string])[] = [
  ['GITLAB_TRIGGER_SERVER', 'the server, as --server'],
  ['GITLAB_TRIGGER_PROJECT', 'the project, as --project'],
  ['GITLAB_TRIGGER_REF', 'the ref, as --ref'],
  ['GITLAB_TRIGGER_TOKEN', 'the trigger token'],
  ['GITLAB_TRIGGER_TOKEN_FILE', 'a file with the trigger token, as --token-file'],
  ['GITLAB_TRIGGER_API_TOKEN', 'an API token (read_api), for --jobs, --wait, --follow'],
  ['GITLAB_TRIGGER_CONFIG', 'a config file, as --config'],
  [
    'XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_STATE_HOME, HOME',
    'where config files and the record of trust are',
  ],
  ['CREDENTIALS_DIRECTORY', 'under systemd: the folder of gitlab_trigger_token and gitlab_trigger_api_token'],
  ['CI_SERVER_URL, CI_API_V4_URL', 'in a GitLab CI job: the server, where none is given'],
  ['CI_JOB_TOKEN', 'in a GitLab CI job: the token, where none is given; sent to that same server only'],
  ['CI_SERVER_TLS_CA_FILE', 'in a GitLab CI job: a CA certificate to trust for that same server'],
  [
    'GITHUB_ACTIONS, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY',
    'in a step of GitHub Actions: where its outputs and its summary are written to',
  ],
  ['https_proxy, http_proxy, all_proxy, no_proxy', 'proxies, as curl reads them; also in capitals'],
  ['NODE_EXTRA_CA_CERTS', 'extra CA certificates (read by Node itself)'],
  ['SSL_CERT_FILE, SSL_CERT_DIR', "the system's CA certificates, where they are not in the usual places"],
  ['NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE', 'colours off, or on where there is no terminal'],
  ['PAGER, COLUMNS', 'what shows long help at a terminal, and how wide help is'],
  ['BROWSER', 'what open and --web start: commands with colons between them, %s for the URL'],
  ['FORCE_HYPERLINK', 'links in the tree of a terminal: 0 for none, 1 for a terminal that is not known'],
]
