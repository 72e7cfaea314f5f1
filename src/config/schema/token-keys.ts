/** The names of the keys that say where a trigger token comes from. A trigger needs them, and not the rest of the schema. */
export const tokenKeys = ['token', 'tokenFile', 'tokenEnv', 'tokenCommand', 'tokenFrom'] as const
