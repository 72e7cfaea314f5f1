import { dirname } from 'node:path'
import { openTmux } from '../helpers/tmux.ts'
import { launcher } from '../helpers/spawn.ts'

// A text that is longer than the terminal goes through the pager: here one that marks what it has been given.
const pager = "sed -n '1s/^/PAGED /p;2q'"

test.each([
  ['help run', pager, /^PAGED .*Usage:/m],
  ['help run --no-pager', pager, /Fields of --json/],
  ['run -h', pager, /^Usage:/m],
  ['help run', 'cat', /Fields of --json/],
  ['help run', 'no-such-pager', /Fields of --json/],
])('%s with PAGER=%s', async (line, command, shown) => {
  const tmux = openTmux({
    line: `node ${launcher} ${line}; echo end; exec sleep 60`,
    columns: 80,
    rows: 30,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, PAGER: command, HOME: '/nonexistent' },
  })
  try {
    const seen = await tmux.until(tmux.history, (text) => /^end$/m.test(text), 200)
    expect(seen).toMatch(shown)
    if (!shown.source.includes('PAGED')) expect(seen).not.toContain('PAGED')
  } finally {
    await tmux.close()
  }
})
