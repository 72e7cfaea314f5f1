import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { isKeyOf } from '../../core/keys-of.ts'
import { wrongValue } from '../../core/text/wrong-value.ts'
import { writeForm } from '../../output/reporters/text-reporter.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** Prints the script that makes a shell complete the program's lines: `completion bash`. Throws a usage error for another shell. */
export async function completion(shell: string, context: Context): Promise<number> {
  if (!isKeyOf(scripts, shell)) throw wrongValue('completion', shell, 'not one of bash, zsh, fish')
  await writeForm(context, scripts[shell])
  return exitCodes.success.code
}
