import { usageError } from '../../src/core/errors.ts'
import { prompterFor, type Prompter } from '../../src/output/terminal/prompt.ts'
import { dialogueWorld, keys, type Step } from '../helpers/dialogue.ts'
import type { WorldOptions } from '../helpers/world.ts'

const { enter, down, ctrlC, ctrlD } = keys

/** Asks, and answers. */
async function asked<T>(
  steps: readonly Step[],
  question: (prompter: Prompter) => Promise<T>,
  options: WorldOptions = {},
): Promise<{ answer: T | Error; screen: string; raw: string }> {
  const { world, screen } = dialogueWorld(steps, options)
  const answer = await question(await prompterFor(world.context)).catch((error: unknown) => error as Error)
  expect(world.stdout()).toBe('')
  return { answer, screen: screen(), raw: world.stderr() }
}

const fruits = ['apple', 'pear', 'pineapple'].map((name) => ({ name, value: name.length }))

const refuseShort = (text: string): void => {
  if (text.length < 3) throw usageError('that is too short', 'Type more')
}

test.each<[string, readonly Step[], (prompter: Prompter) => Promise<unknown>, unknown]>([
  ['a line', [['Name?', `work${enter}`]], (each) => each.input('Name?'), 'work'],
  ['its preset', [['(work)', enter]], (each) => each.input('Name?', { preset: 'work' }), 'work'],
  ['a better line', [['Name?', `wo${enter}`], ['too short. Type more', `rk${enter}`]], (each) => each.input('Name?', { check: refuseShort }), 'work'],
  ['a hidden line', [['Token?', `glptt-1${enter}`]], (each) => each.hidden('Token?'), 'glptt-1'],
  ['yes by preset', [['(Y/n)', enter]], (each) => each.confirm('Sure?', true), true],
  ['no', [['(Y/n)', `n${enter}`]], (each) => each.confirm('Sure?', true), false],
  ['the first', [['pineapple', enter]], (each) => each.select('Fruit?', fruits), 5],
  ['the second', [['pineapple', down], ['> pear', enter]], (each) => each.select('Fruit?', fruits), 4],
  ['what was typed a part of', [['pineapple', 'PINE'], ['> pineapple', enter]], (each) => each.select('Fruit?', fruits), 9],
  ['the preset', [['> pear', enter]], (each) => each.select('Fruit?', fruits, { preset: 4 }), 4],
])('a question is answered with %s', async (_, steps, question, answer) => {
  expect((await asked(steps, question)).answer).toBe(answer)
}) // prettier-ignore

test.each<[string, (prompter: Prompter, refuse: () => never) => Promise<unknown>]>([
  ['a line', (each, refuse) => each.input('Name?', { check: refuse })],
  ['a hidden line', (each, refuse) => each.hidden('Name?', refuse)],
])('what is wrong with %s breaks between words', async (_, question) => {
  const long =
    'http://127.0.0.1:9480 was not reached: the connection was refused by the whole of this machine'
  const refuse = (): never => {
    throw usageError(long, 'Is the server running?')
  }
  const steps: Step[] = [
    ['Name?', `x${enter}`],
    ['running?', ctrlC],
  ]
  const { screen } = await asked(steps, (each) => question(each, refuse))
  expect(screen).toContain(
    '> http://127.0.0.1:9480 was not reached: the connection was refused by the whole\n  of this machine. Is the server running?',
  )
})

test('choices may be looked for while one types, and what goes wrong is said', async () => {
  const look = (typed: string): Promise<{ name: string; value: string }[]> =>
    typed === 'bad'
      ? Promise.reject(usageError('the server is away', 'Wait'))
      : Promise.resolve([{ name: `found ${typed}`, value: typed }])
  const steps: Step[] = [
    ['> found', 'bad'],
    ['the server is away. Wait', '\x7f\x7f\x7fok'],
    ['> found ok', enter],
  ]
  expect((await asked(steps, (each) => each.select('Which?', look))).answer).toBe('ok')
})

// prettier-ignore
test.each<[string, typed: string, answer: string]>([
  ['Enter takes the first', enter, 'one'],
  ['arrows and Enter, one of them', `${down}${down}${enter}`, 'three'],
  ['a part and Enter, what that finds', `tw${enter}`, 'two'],
  ['a letter behind Enter asks for another list', `${enter}tw${enter}`, 'two'],
  ['a second Enter is for nothing', `${enter}${enter}`, 'one'],
])('what is typed while choices are loading counts once they are there: %s', async (_, typed, answer) => {
  const names = ['one', 'two', 'three']
  let load: (() => void) | undefined
  const find = async (part: string): Promise<{ name: string; value: string }[]> => {
    await new Promise<void>((resolve) => {
      load = resolve
    })
    return names.filter((name) => name.includes(part)).map((name) => ({ name, value: name }))
  }
  const { world, screen } = dialogueWorld([['Which?', typed]])
  const seen = { keys: 0, isOver: false }
  world.context.stdin.terminal?.on('keypress', () => {
    seen.keys += 1
  })
  const answered = (await prompterFor(world.context)).select('Which?', find).finally(() => {
    seen.isOver = true
  })
  const turnUntil = async (isTrue: () => boolean, each: () => void = () => undefined): Promise<void> => {
    for (let turn = 0; turn < 1000 && !isTrue(); turn += 1) {
      await new Promise(setImmediate)
      each()
    }
    if (!isTrue()) throw new Error(`it waits:\n${screen()}`)
  }
  await turnUntil(() => seen.keys > 0)
  expect(screen()).not.toContain('one')
  // The list comes when everything was typed, each time that another one is asked for.
  await turnUntil(
    () => seen.isOver,
    () => load?.(),
  )
  expect(await answered).toBe(answer)
  expect(screen()).toContain(answer)
})

test.each<[string, { isSecret?: true }, string, RegExp]>([
  ['a token, in any list', {}, 'glptt-0123456789abcdef', /glptt-0/],
  ['anything, in a list for secrets', { isSecret: true }, 'e0f', /Which\? [^*\s]/],
  ['not what is none', {}, 'pears', /^(?![^]*Which\? pears)/],
])(
  'what is typed into a list is not shown where it may be a secret: %s',
  async (_, options, typed, never) => {
    const { screen } = await asked(
    [['> apple', typed], ['No results', ctrlC]],
    (each) => each.select('Which?', fruits, options),
  ) // prettier-ignore
    expect(screen).not.toMatch(never)
  },
)

test.each<[string, string, string]>([
  ['Ctrl-C', ctrlC, 'stopped by SIGINT'],
  ['Ctrl-D', ctrlD, 'the question was not answered: the input has ended'],
])('%s ends a question, and the cursor is shown again', async (_, key, message) => {
  const { answer, raw } = await asked([['Token?', key]], (each) => each.hidden('Token?'))
  expect((answer as Error).message).toBe(message)
  expect(raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw.lastIndexOf('\x1b[?25l'))
})

test('a signal ends a question', async () => {
  const { world } = dialogueWorld([])
  const answer = prompterFor(world.context).then((each) => each.input('Name?'))
  world.interrupt('SIGTERM')
  await expect(answer).rejects.toThrow('stopped by SIGTERM')
})

test('a bug in a check is no answer', async () => {
  const check = (): void => {
    throw new RangeError('oops')
  }
  const { answer } = await asked([['Name?', enter]], (each) => each.input('Name?', { check }))
  expect(answer).toEqual(new RangeError('oops'))
})

test('what a server has sent controls no terminal, and a secret is not shown', async () => {
  const evil = 'a\x1b[2Jb\x1b]0;title\x07c'
  const { world, screen } = dialogueWorld([['Which', enter]])
  world.context.secrets.keep('glptt-secret-1')
  const prompter = await prompterFor(world.context)
  await prompter.select(`Which ${evil} glptt-secret-1?`, [{ name: `one ${evil}`, value: 1, about: evil }])
  expect(world.stderr()).not.toMatch(/\x1b\[2J|\x1b\]0|\x07|glptt-secret/)
  expect(screen()).toContain('***')
})

test('neither what is hidden nor how long it is can be seen', async () => {
  const { raw } = await asked([['Token?', `glptt-secret-1${enter}`]], (each) => each.hidden('Token?'))
  const { raw: other } = await asked([['Token?', `x${enter}`]], (each) => each.hidden('Token?'))
  expect(raw).not.toContain('glptt')
  // How often the line was painted, and always with the cursor in the same places, stays nowhere.
  const paints = (text: string): Set<string> => new Set(text.replaceAll(/\x1b\[\d*G/g, '').split('\x1b[2K'))
  expect(paints(raw)).toEqual(paints(other))
})

test.each([['stdin'], ['stderr']] as const)('nobody is asked where only %s is a terminal', async (stream) => {
  const { world } = dialogueWorld([], { tty: [stream] })
  const prompter = await prompterFor(world.context)
  await expect(prompter.input('Name?')).rejects.toThrow('there is no terminal to ask at')
})
