/** `help variables`. */
export const variablesTopic = `Variables reach the jobs byte for byte; the first = ends the name:

  gitlab-trigger -p 9 -r main --var UPLOAD_TO_S3=true --var 'TEXT=a,b = c'
  gitlab-trigger -p 9 -r main --var HOSTNAME
  gitlab-trigger -p 9 -r main --var-file NOTES=notes.md --vars-from release.env
  gitlab-trigger -p 9 -r main --input environment=staging

--var NAME alone takes the value from the environment. --var-file takes a file's exact content. --vars-from reads .json, .yaml and dotenv files, or dotenv on stdin (-). Later files win over earlier ones, --var and --var-file over files, and all of them over the config. --input is for pipeline inputs (GitLab 17.11).

A name has letters, digits and _ only. What GitLab would refuse, change or drop silently is refused before anything is sent. Variables are not secret: GitLab shows them to the project's maintainers.
`

/** `help cron`. */
export const cronTopic = `This prints a crontab line with absolute paths, and the command that tests it as cron runs it:

  gitlab-trigger schedule cron -s work -p 9 -r main --at '30 0 * * *'

By hand, set PATH in the crontab, and write \\% for a percent sign:

  PATH=/usr/local/bin:/usr/bin:/bin
  30 0 * * * gitlab-trigger -s work -p 9 -r main --lock nightly --quiet

Cron mails the output: the id, or nothing with --quiet; after a failure what happened, whether a pipeline was created, and what to do.

For unattended runs: --lock, --jitter, --skip-if-running, --only-if-changed, --log-file, --heartbeat, --once. Other forms: gitlab-trigger schedule --help.
`

/** `help gitlab-ci`. */
export const gitlabCiTopic = `A job of .gitlab-ci.yml that triggers another project, on tags:

  build_docs:
    script:
      - gitlab-trigger --project 9 --ref main --wait --dotenv docs.env
    artifacts:
      reports: { dotenv: docs.env }
    retry: { max: 2, exit_codes: [6, 10, 12] }
    rules:
      - if: $CI_COMMIT_TAG

In a job the server and the token (CI_JOB_TOKEN) are the job's own; the other project must have this one on its job token allowlist. Or set a masked variable GITLAB_TRIGGER_TOKEN with a trigger token. --wait and --follow read with GITLAB_TRIGGER_API_TOKEN, or with the job's token if that is allowed. Jobs after it have $PIPELINE_ID, $PIPELINE_URL and $PIPELINE_STATUS. A job that is run again continues with its pipeline by --resume.

This prints such a job:

  gitlab-trigger schedule gitlab-ci --project 9 --ref main
`

/** `help tokens`. */
export const tokensTopic = `A trigger token starts pipelines of one project and can do nothing else. Its owner creates it under Settings > CI/CD > Pipeline trigger tokens, or with an API token:

  gitlab-trigger tokens create -p 9 --description docs --save-to docs.token

An API token reads: scope read_api for --jobs, --wait, --follow, status, logs and the like; scope api to create and revoke trigger tokens, cancel, retry and play. In a GitLab CI job, CI_JOB_TOKEN can do what the allowlist of the other project permits.

Where a trigger token comes from, first match wins: --token-file, --token-stdin or --token; GITLAB_TRIGGER_TOKEN or GITLAB_TRIGGER_TOKEN_FILE; the config, by server and project; CI_JOB_TOKEN. login stores tokens in files that only you can read:

  gitlab-trigger login
  gitlab-trigger config edit-token work --project group/docs

This tests a token, and starts nothing:

  gitlab-trigger tokens test -p 9 --token-file trigger.token
`

/** `help json`. */
export const jsonTopic = `--json prints one object on stdout, or one for each pipeline that was named or each target of a recipe. It always has the same members, even if the command fails; what is not known is null. Each has exit_code and error (message, hint).

  gitlab-trigger -p 9 -r main --json
  gitlab-trigger -p 9 -r main --json=id,web_url
  gitlab-trigger status -p 9 4711 --json=status,jobs.name

--json=FIELDS prints only these members, and error if the command failed. --help of a command lists its fields.

--events prints one line of JSON for each change as it is seen, each with version, time and type; ignore types and members that you do not know:

  gitlab-trigger -p 9 -r main --wait --events

JSON Schemas are in the package: gitlab-trigger/schemas/status.json and the like, one for each command, and events.json.
`
