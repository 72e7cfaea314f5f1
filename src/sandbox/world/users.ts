/** A user of the instance. */
export interface User {
  id: number
  username: string
  name: string
  blocked: boolean
}

/** The roles of a project's members, the least first. */
export const roles = ['guest', 'reporter', 'developer', 'maintainer', 'owner'] as const

/** The role of a member in a project. */
export type Role = (typeof roles)[number]

const seedNames: readonly (readonly [username: string, name: string])[] = [
  ['seed', 'Seed User'],
  ['colleague', 'Colleague'],
  ['developer', 'Developer'],
  ['reporter', 'Reporter'],
  ['guest', 'Guest'],
  ['stranger', 'Stranger'],
  ['blocked', 'Blocked'],
]

/** The users that every world begins with. */
export function seedUsers(): User[] {
  return seedNames.map(([username, name], at) => ({
    id: at + 1,
    username,
    name,
    blocked: username === 'blocked',
  }))
}

/** The user of a name; an unknown one is added to the instance. */
export function userNamed(users: User[], username: string): User {
  const found = users.find((user) => user.username === username)
  if (found !== undefined) return found
  const user = { id: users.length + 1, username, name: username, blocked: false }
  users.push(user)
  return user
}
