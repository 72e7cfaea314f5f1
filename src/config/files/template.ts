import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Context } from '../../core/context.ts'

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** The line by which editors find the JSON Schema of a config file, which lies next to this program; '' for a single executable, which has it inside. */
export function schemaLine({ program }: Pick<Context, 'program'>): string {
  const [, launcher] = program()
  if (launcher === undefined) return ''
  const path = join(dirname(realPath(launcher)), '..', 'dist', 'config-schema.json')
  return `# yaml-language-server: $schema=${/\s/.test(path) ? pathToFileURL(path).href : path}\n`
}

/** The commented sample config file that `config init` writes. */
export const configTemplate = (context: Pick<Context, 'program'>): string => `${schemaLine(context)}\
# gitlab-trigger: named servers and recipes. To see the result: gitlab-trigger config show.

# The server that is used when none is given.
# default: work

servers:
  # work:
  #   url: https://gitlab.example.com          # a path prefix is kept
  #   api: auto                                # v4, v3, or auto: v4, and v3 where there is no v4
  #   projects:                                # a trigger token belongs to a project
  #     group/docs: { tokenFile: docs.token }  # or tokenEnv, tokenFrom: keyring, tokenFrom: pass:gitlab/trigger
  #   apiTokenFrom: pass:gitlab/api            # an API token (read_api)
  #   caFile: /etc/ssl/company.pem

recipes:
  # nightly-docs:                              # gitlab-trigger run nightly-docs
  #   server: work
  #   project: group/docs
  #   ref: main
  #   variables: { NIGHTLY: "true" }           # values are text: quote what is not
`
