import { collectVariables } from '../../../config/variables/collect-variables.ts'
import type { RunFlags } from '../../../options/run.ts'
import type { RunDialogue } from './dialogue.ts'

/** Asks for variables until nothing is typed. Each is checked as `--var` is, and is as visible as that. */
export async function askVariables(
  flags: RunFlags,
  { prompter, context }: Pick<RunDialogue, 'prompter' | 'context'>,
): Promise<RunFlags> {
  const all = [...(flags.var ?? [])]
  for (;;) {
    const text = await prompter.input('Variable KEY=VALUE (empty: no more)', {
      check: async (typed) => {
        if (typed !== '')
          await collectVariables({ var: [...all, typed] }, context, () =>
            Promise.reject(new Error('no stdin')),
          )
      },
    })
    if (text === '') return all.length === 0 ? flags : { ...flags, var: all }
    all.push(text)
  }
}
