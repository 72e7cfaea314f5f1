import { commandTable } from '../../src/cli/table/index.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { omit } from '../../src/core/omit.ts'
import { newAuthority, type Authority } from './certificates.ts'
import { caseOf, lines, see, type FlagCase } from './flag-cases.ts'
import { deedsOf, type Circumstances, type Deeds } from './flag-probe.ts'
import { listedFlags, typedDefault, type ListedFlag } from './listed-flags.ts'
import { closedPortUrl } from './run-against.ts'
import { newFolder, start } from './world.ts'

/** The commands that send something or keep something, with the flags that help lists. The forms of `schedule` and `config show` do neither. */
export const commands = commandTable
  .filter(({ name }) => !/^schedule (?!gitlab )|^config show$/.test(name))
  .map(({ name, options }) => ({ name, flags: listedFlags(options) }))
  .filter(({ flags }) => flags.length > 0)

/** Tests of each flag that the help of these commands lists: a line does something else with it than without it. */
export function testFlagEffects(isMeant: (name: string) => boolean): void {
  const folder = newFolder()
  let authority: Authority
  let port = 0
  let now = (): number => start
  /** Pipelines take their time, have finished as soon as they are created, or are behind a certificate of an unknown authority. */
  let gitlab: Record<'paced' | 'settled' | 'secure', Sandbox>
  beforeAll(async () => {
    authority = newAuthority(folder.path, 'own')
    port = Number(new URL(await closedPortUrl()).port)
    const options = { now: () => now(), paceMs: 0 }
    gitlab = {
      paced: await startSandbox({ ...options, paceMs: 1000 }),
      settled: await startSandbox(options),
      secure: await startSandbox({ ...options, tls: authority.sign('good', 'IP:127.0.0.1') }),
    }
  })
  afterAll(async () => {
    await Promise.all(Object.values(gitlab).map((each) => each.close()))
    folder.remove()
  })

  /** What is done by the command with these words, besides those of the case. */
  function typed(name: string, words: readonly string[], flagCase: FlagCase): Promise<Deeds> {
    const { line = lines[name] ?? '', beside = '', isSecure, ...rest } = flagCase
    const [own = '', ...command] = line.split(/(?= -- )/)
    const whole = [own, beside, ...words, ...command].join(' ')
    const isSettled = /^(play|logs|artifacts)\b(?!.*--follow)/.test(whole)
    const sandbox = gitlab[isSecure ? 'secure' : isSettled ? 'settled' : 'paced']
    const fill = (text: string): string =>
      text
        .replaceAll('@URL@', sandbox.url)
        .replaceAll('@PORT@', String(port))
        .replaceAll('@CERT@', authority.certFile)
        .replaceAll('@KEY@', authority.keyFile)
        .replaceAll('@TRIGGER@', sandbox.tokens.trigger)
    const within: Circumstances['within'] = (world) => {
      now = () => world.context.wallTime()
      rest.within?.(world)
    }
    // The server's clock begins again, too.
    now = () => start
    const files = { 'see.sh': see, ...rest.files }
    return deedsOf(whole, sandbox, fill, { ...rest, files, within, port })
  }

  /** What lines without the flag do: many flags of a command are compared with the same one. */
  const known = new Map<string, Promise<Deeds>>()
  function without(name: string, whole: FlagCase): Promise<Deeds> {
    const flagCase = omit(whole, ['value'])
    if (Object.values<unknown>(flagCase).some((each) => typeof each === 'function'))
      return typed(name, [], flagCase)
    const key = JSON.stringify([name, flagCase], (_key, value: unknown) =>
      value === undefined ? null : value,
    )
    const deeds = known.get(key) ?? typed(name, [], flagCase)
    known.set(key, deeds)
    return deeds
  }

  const wordsOf = ({ flag, takesValue }: ListedFlag, { value = '{}/new' }: FlagCase): string[] =>
    takesValue ? [`${flag}=${value.replaceAll(' ', '~')}`] : [flag]

  describe.each(commands.filter(({ name }) => isMeant(name)))('$name', ({ name, flags }) => {
    test('the same line does the same again', async () => {
      expect(await typed(name, [], {})).toEqual(await without(name, {}))
    })

    const defaults = flags.flatMap((each) => {
      const value = typedDefault(each)
      return value === undefined ? [] : [{ each, flag: each.flag, value }]
    })
    if (defaults.length > 0)
      test.each(defaults)('$flag is $value where it is not typed', async ({ each, value }) => {
        const flagCase = caseOf(name, each.flag)
        expect(await typed(name, wordsOf(each, { ...flagCase, value }), flagCase)).toEqual(
          await without(name, flagCase),
        )
      })

    test.each(flags)('$flag', async (each) => {
      const flagCase = caseOf(name, each.flag)
      const { opposite } = flagCase
      const words = [...wordsOf(each, flagCase), ...(opposite === undefined ? [] : [opposite])]
      const deeds = await typed(name, words, flagCase)
      if (opposite === undefined) expect(deeds.code === 2 ? deeds.stderr : 'accepted').toBe('accepted')
      else expect(deeds.stderr).toContain('cannot be used together')
      expect(deeds).not.toEqual(await without(name, flagCase))
    })
  })
}
