import { omit } from '../../core/omit.ts'
import type { Keys, ValuesOf } from '../../config/schema/shape.ts'
import { fileKeys, type Recipe } from '../../config/schema/config-keys.ts'

const recipe = fileKeys.recipes.entry

/** The keys of `defaults`: those of a recipe, except that it adds to no other and is one target. */
export const defaultsKeys = omit(recipe, ['extends', 'targets']) satisfies Keys

/** The keys of a target that the recipe has not got. */
export const planningKeys = {
  name: { is: 'text', about: 'the name of the target, where targets are a list' },
  recipe: { is: 'text', about: 'the recipe of your config that it adds to' },
  needs: { is: 'text or list of texts', about: 'the targets that must have succeeded before it starts' },
  matrix: {
    is: 'lists by name',
    about: 'one target for each combination of these values, which are sent as variables',
    name: recipe.variables.name,
  },
} as const satisfies Keys

/** The keys of a target of a plan. */
export const targetKeys = { ...planningKeys, ...defaultsKeys } as const satisfies Keys

/** The keys of a plan. */
export const planKeys = {
  defaults: 'what holds for all targets that do not say otherwise; flags take precedence',
  targets: 'what to trigger, by name or as a list',
} as const

/** The content of a target, before its matrix is expanded. */
export type TargetData = ValuesOf<typeof planningKeys> & Omit<Recipe, 'extends' | 'targets'>
