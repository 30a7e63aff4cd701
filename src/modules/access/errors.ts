import { BatonError } from '../../kernel/errors.ts'
import { type Action, actionWords, leastRole, type Role, roles } from './roles.ts'

/** Nobody knows who asks. */
export class UnauthenticatedError extends BatonError {
  constructor(reason: string) {
    super({
      code: 'access.unauthenticated',
      kind: 'unauthenticated',
      message: `You are not signed in: ${reason}.`,
      hint: 'Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; an admin gives you a token with "baton tokens create".',
    })
  }
}

/** Somebody guesses passwords, or a script has an old one. */
export class TooManyAttemptsError extends BatonError {
  constructor(seconds: number) {
    super({
      code: 'access.too_many_attempts',
      kind: 'unauthenticated',
      message: `The password was wrong too often; nobody can sign in under this name for ${seconds} seconds.`,
      hint: 'Look for a script with an old password, then try again.',
    })
  }
}

/** Who asks is known and may not. */
export class DeniedError extends BatonError {
  constructor(facts: {
    readonly user: string
    readonly role: Role | undefined
    readonly action: Action
    readonly project: string
    readonly admins: readonly string[]
  }) {
    const { user, role, action, project, admins } = facts
    const who = role === undefined ? `${user} has no role in ${project}` : `${user} is ${article(role)} in ${project}`
    const whom = admins.length === 0 ? 'Whoever runs the server' : `An admin (${admins.join(', ')})`
    super({
      code: 'access.denied',
      kind: 'denied',
      message: `Permission denied: ${who} and may not ${actionWords[action]}.`,
      hint: `${whom} can grant it: baton users grant ${user} --role ${leastRole(action)}.`,
      details: { user, role: role ?? null, action, project, admins },
    })
  }
}

function article(role: Role): string {
  const words = role.replace('_', ' ')
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
}

export class UserNotFoundError extends BatonError {
  constructor(name: string, known: readonly string[]) {
    super({
      code: 'access.user_not_found',
      kind: 'not_found',
      message: `There is no user ${name}.`,
      hint: known.length === 0 ? 'Add one: baton users add NAME --role admin.' : `Users here: ${known.join(', ')}.`,
      details: { name },
    })
  }
}

export class UserExistsError extends BatonError {
  constructor(name: string) {
    super({
      code: 'access.user_exists',
      kind: 'conflict',
      message: `There is a user ${name} already.`,
      hint: `Change the role with "baton users grant ${name} --role ROLE", or the password with "baton users password ${name}".`,
      details: { name },
    })
  }
}

export class InvalidUserError extends BatonError {
  constructor(name: string) {
    super({
      code: 'access.invalid_user',
      kind: 'usage',
      message: `"${name}" cannot be the name of a user.`,
      hint: 'Use 1 to 100 letters, digits and . _ - + @, such as ana or ana@shop.example.',
    })
  }
}

export class InvalidRoleError extends BatonError {
  constructor(role: string) {
    super({
      code: 'access.invalid_role',
      kind: 'usage',
      message: `"${role}" is not a role.`,
      hint: `The roles are ${roles.join(', ')}.`,
    })
  }
}

export class WeakPasswordError extends BatonError {
  constructor(least: number, most: number) {
    super({
      code: 'access.weak_password',
      kind: 'usage',
      message: `A password has ${least} to ${most} characters.`,
      hint: 'Take a longer one, or none: a token is safer for scripts.',
    })
  }
}

/** Nobody could undo it. */
export class LastAdminError extends BatonError {
  constructor(name: string) {
    super({
      code: 'access.last_admin',
      kind: 'conflict',
      message: `${name} is the last admin.`,
      hint: 'Make somebody else an admin first.',
      why: 'Nobody could sign in to manage users any more.',
    })
  }
}

export class TokenNotFoundError extends BatonError {
  constructor(id: string) {
    super({
      code: 'access.token_not_found',
      kind: 'not_found',
      message: `There is no token ${id}.`,
      hint: 'List them with "baton tokens list", and take an id from there.',
      details: { id },
    })
  }
}

export class InvalidExpiryError extends BatonError {
  constructor(text: string) {
    super({
      code: 'access.invalid_expiry',
      kind: 'usage',
      message: `A token cannot live for "${text}".`,
      hint: 'Write a number of hours, days or weeks such as 12h, 90d or 8w, or never.',
    })
  }
}
