import { environment, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { runIn } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

// Lists at a terminal in which their tables do not fit: no line is wider, and what names a row is whole.

const gitlab = useGitlab()
const home = useHome()

test.each<[line: string, columns: number, has: readonly string[]]>([
  ['tokens list', 80, ['ID  TOKEN  DESCRIPTION  OWNER      ', '31  022b   nightly ']],
  [
    'tokens list',
    40,
    ['ID           31\n', 'DESCRIPTION  nightly\n', 'EXPIRES      never\n', '\n\nID           34\n'],
  ],
  ['projects seed', 80, ['ID  PATH ', '11  seed/group/sub.dotted/deep ']],
  ['projects seed', 40, ['ID              11\nPATH\n  seed/group/sub.dotted/deep\nDEFAULT BRANCH  master\n']],
  ['pipelines', 80, ['ID    STATUS ']],
  ['pipelines', 40, ['ID       4711\n', 'REF      master\n']],
  ['refs', 40, ['REF              KIND    NOTE\n', 'refs/heads/both  branch  -\n']],
  ['refs', 24, ['REF   master\nKIND  branch\nNOTE  default\n']],
])('%s in %i columns', async (line, columns, has) => {
  gitlab().addPipeline()
  const options = environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
  const world = newWorld(home().world({ ...options, tty: ['stdout', 'stderr'] }))
  Object.assign(world.context.stdout, { columns })
  const { code, stdout } = await runIn(world, line)
  const text = stdout.replaceAll(/\x1b\[[\d;]*m/g, '')
  expect({ code, wide: text.split('\n').filter((each) => each.length > columns) }).toEqual({
    code: 0,
    wide: [],
  })
  for (const each of has) expect(text).toContain(each)
})
