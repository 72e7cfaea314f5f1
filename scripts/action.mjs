// The text of action.yml, the GitHub Action, made of the options of `run` (docs/packaging.md). docs.mjs writes it.
import { flagName } from '../build/core/flag-name.js'
import { runOptions } from '../build/options/run.js'

/** Options without an input: they ask the user, print something else than what the outputs are made of, or name a token where others can read it. */
const left = [
  ...['interactive', 'web', 'json', 'events', 'quiet', 'dryRun', 'curl', 'color'],
  ...['token', 'tokenStdin'],
]

const rows = Object.values(runOptions)
  .flatMap((group) => Object.entries(group.rows))
  .filter(([name, row]) => !left.includes(name) && row.help !== undefined)
  .map(([name, row]) => ({ name: flagName(name).slice(2), ...row }))
const namesOf = (kind) => rows.filter(kind).map(({ name }) => name)
const kinds = {
  values: namesOf(({ value }) => value !== undefined),
  lists: namesOf(({ list }) => list !== undefined),
  switches: namesOf(({ value, list }) => value === undefined && list === undefined),
}

/** A text of YAML. */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`

/** What the help says of an option, and how it is given here. */
function describe({ help, list, value, no }) {
  if (list !== undefined) return `${help}; one on each line`
  if (value !== undefined) return help
  return `${help} (true${no === undefined ? '' : ', or false for the contrary'})`
}

const input = (name, text) => [`  ${name}:`, `    description: ${quoted(text)}`, `    default: ''`]
const environment = (name) => `        INPUT_${name.replaceAll('-', '_')}: \${{ inputs.${name} }}`

/** Names in lines of a shell's array. */
const words = (names) =>
  names
    .join(' ')
    .replace(/(.{1,100})( |$)/g, '          $1\n')
    .trimEnd()

const outputs = {
  pipeline_id: 'the id of the pipeline',
  pipeline_url: 'its page',
  pipeline_status: 'its status: with wait or follow the last one, else that at the start',
  pipeline_iid: 'its number in the project',
  pipeline_sha: 'its commit',
}

/** The whole file. */
export const actionFile = () =>
  `# Made by scripts/action.mjs of the options of run: npm run docs.
name: gitlab-trigger
description: Triggers a pipeline of a GitLab project; with wait or follow it succeeds only if the pipeline does
inputs:
${[
  input('recipe', 'a recipe of the config'),
  input('token', 'the trigger token: a secret'),
  input('api-token', 'an API token, with which wait, follow, jobs and verify read: a secret'),
  ...rows.map((row) => input(row.name, describe(row))),
  input('package', 'the npm package to install (default: packed from the files of this action)'),
]
  .flat()
  .join('\n')}
outputs:
${Object.entries(outputs)
  .flatMap(([name, text]) => [
    `  ${name}:`,
    `    description: ${quoted(text)}`,
    `    value: \${{ steps.trigger.outputs.${name} }}`,
  ])
  .join('\n')}
runs:
  using: composite
  steps:
    - name: Install gitlab-trigger
      shell: bash
      env:
        PACKAGE: \${{ inputs.package }}
      run: |
        if [[ -z $PACKAGE ]]; then
          cd "$GITHUB_ACTION_PATH"
          npm ci --ignore-scripts --no-audit --no-fund --silent
          PACKAGE=$RUNNER_TEMP/$(npm pack --silent --pack-destination "$RUNNER_TEMP" | tail -n 1)
        fi
        npm install --global --prefix "$RUNNER_TEMP/gitlab-trigger" --ignore-scripts --no-audit --no-fund --silent "$PACKAGE"
        # On Windows npm puts programs into the folder itself.
        printf '%s\\n' "$RUNNER_TEMP/gitlab-trigger" "$RUNNER_TEMP/gitlab-trigger/bin" >> "$GITHUB_PATH"
    - name: Trigger
      id: trigger
      shell: bash
      env:
        GITLAB_TRIGGER_TOKEN: \${{ inputs.token }}
        GITLAB_TRIGGER_API_TOKEN: \${{ inputs.api-token }}
${['recipe', ...rows.map(({ name }) => name)].map(environment).join('\n')}
      run: |
        values=(
${words(kinds.values)}
        )
        lists=(
${words(kinds.lists)}
        )
        switches=(
${words(kinds.switches)}
        )
        line=(run)
        [[ -z $INPUT_recipe ]] || line+=("$INPUT_recipe")
        for name in "\${values[@]}"; do
          key=INPUT_\${name//-/_}
          [[ -z \${!key} ]] || line+=("--$name=\${!key}")
        done
        for name in "\${lists[@]}"; do
          key=INPUT_\${name//-/_}
          while IFS= read -r value; do
            [[ -z $value ]] || line+=("--$name=$value")
          done <<< "\${!key}"
        done
        for name in "\${switches[@]}"; do
          key=INPUT_\${name//-/_}
          case \${!key} in
            '') ;;
            true) line+=("--$name") ;;
            false) case $name in ${rows
              .filter(({ no, value, list }) => no !== undefined && value === undefined && list === undefined)
              .map(({ name }) => name)
              .join(' | ')}) line+=("--no-$name") ;; esac ;;
            *) echo "gitlab-trigger: $name: \\"\${!key}\\" is not true or false" >&2; exit 2 ;;
          esac
        done
        # GitHub signals this process when a run is canceled.
        exec gitlab-trigger "\${line[@]}"
`
