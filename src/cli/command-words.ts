/**
 * The first words of all commands. A line without any of them, but that of the default command, is read without making the
 * others: one fifteenth of the instructions of a trigger (docs/performance.md#21).
 */
export const commandWords: readonly string[] = [
  ...[
    'artifacts',
    'batch',
    'cancel',
    'completion',
    'config',
    'doctor',
    'history',
    'login',
    'logout',
    'logs',
    'open',
  ],
  ...[
    'pipelines',
    'play',
    'projects',
    'refs',
    'retry',
    'run',
    'sandbox',
    'schedule',
    'status',
    'tokens',
    'wait',
  ],
]
