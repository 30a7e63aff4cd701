import type { AccessContext } from './context.ts'
import { DeniedError } from './errors.ts'
import type { Principal } from './principal.ts'
import { type Action, authorize } from './roles.ts'
import { listAdmins } from './users.ts'

/** Throws `DeniedError`, which names who can grant it, unless this person may do this. */
export async function requireAction(ctx: AccessContext, user: Principal, action: Action): Promise<void> {
  if (authorize(user.role, action)) return
  throw new DeniedError({
    user: user.name,
    role: user.role,
    action,
    project: ctx.project,
    admins: await listAdmins(ctx),
  })
}
