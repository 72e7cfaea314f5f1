import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startSandbox } from '../../dist/sandbox-library.cjs'
import { textOf } from './cells.mjs'
import { openTerminal } from './terminal.mjs'

const prompt = '$ '
/** This many keys are typed at once: each such step is a frame. */
const keysAtOnce = 3

const isPrompt = (rows) => rows.map(textOf).filter(Boolean).at(-1) === prompt.trimEnd()

/** Types the lines of a picture in a terminal, with a sandbox of its own. Resolves to what was to be seen, screen after screen. */
export async function record(picture, { stage, scenario }) {
  const { columns, rows, lines, pipeline, minutes = 0, paceMs = 0, isMoving = false } = picture
  const { token } = scenario.projects[0].trigger_tokens[0]
  const end = Date.parse(stage.now)
  let clock = end - minutes * 60_000
  const since = Date.now()
  const now = () => (isMoving ? end + Date.now() - since : clock)
  const gitlab = await startSandbox({ port: stage.port, scenario, paceMs, now })
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-trigger-'))
  try {
    if (pipeline) gitlab.addPipeline(pipeline)
    clock = end
    writeLauncher(join(folder, 'gitlab-trigger'), isMoving ? { ...stage, since } : stage)
    const env = {
      PATH: `${folder}:/usr/bin:/bin`,
      HOME: stage.home,
      PS1: prompt,
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      GITLAB_TRIGGER_SERVER: gitlab.url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: token,
      GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
    }
    const terminal = openTerminal({ columns, rows, env })
    await terminal.until(isPrompt)
    for (const line of lines) {
      for (let at = 0; at < line.length; at += keysAtOnce) {
        const last = at + keysAtOnce
        await terminal.type(line.slice(at, last), prompt + line.slice(0, last))
      }
      terminal.enter()
      await terminal.until(isPrompt)
    }
    const { shots } = terminal
    await terminal.close()
    return shots.slice(shots.findIndex(({ rows }) => isPrompt(rows)))
  } finally {
    rmSync(folder, { recursive: true })
    await gitlab.close()
  }
}

/** Writes a program that starts the client on the stage of the pictures. */
function writeLauncher(file, stage) {
  const options = `--require ${resolve('scripts/pictures/stage.cjs')}`
  writeFileSync(
    file,
    `#!/bin/sh
export PICTURE_STAGE='${JSON.stringify(stage)}' NODE_OPTIONS='${options}'
exec '${process.execPath}' '${resolve('bin/gitlab-trigger.js')}' "$@"
`,
  )
  chmodSync(file, 0o755)
}
