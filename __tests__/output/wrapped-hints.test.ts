import { wrapWords } from '../../src/output/terminal/wrap-words.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

// What to do after an error, on a terminal of 80 columns.

const home = useHome()

// prettier-ignore
test.each<[text: string, lines: string[]]>([
  ['short', ['short']],
  ['one two three four', ['one two', '  three four']],
  ['Store it: gitlab-trigger config edit-token work. Or set X.', ['Store it:', '  gitlab-trigger config edit-token work', '  Or set X.']],
  ["Run: gitlab-trigger run -p 'a b' --var 'C=d. e'", ['Run:', "  gitlab-trigger run -p 'a b' --var 'C=d. e'"]],
  ['First: gitlab-trigger login --url https://a.b; then: gitlab-trigger doctor (once)', ['First:', '  gitlab-trigger login --url https://a.b', '  then:', '  gitlab-trigger doctor', '  (once)']],
  ['gitlab-trigger --help lists the commands', ['gitlab-trigger', '  --help', '  lists the', '  commands']],
  ['a/very/long/path/that/is/wider and', ['a/very/long/path/that/is/wider', '  and']],
])('%j', (text, lines) => {
  expect(wrapWords(text, 12)).toEqual(lines)
})

test('a refusal on a terminal: no line is wider, but for the one to paste; elsewhere one line', async () => {
  home().config(
    serverYaml({ url: 'https://gitlab.example.com' }, 'projects: { group/other: { tokenEnv: X } }'),
  )
  const line = 'run -p group/subgroup/project-with-a-name -r main'
  const { stderr } = await run(line, home().world({ tty: ['stdin', 'stderr'] }))
  expect(stderr.split('\n').slice(2)).toEqual([
    'Store it:',
    '  gitlab-trigger config edit-token work --project group/subgroup/project-with-a-name',
    '  Or set GITLAB_TRIGGER_TOKEN, or use --token-file PATH or --token-stdin.',
    '',
  ])
  expect((await run(line, home().world())).stderr).toContain(
    'project-with-a-name. Or set GITLAB_TRIGGER_TOKEN',
  )
})
