import { useId, useState } from 'react'

import type { ModelDetail, ModelVersion } from '../../../src/http/native/contract/model.ts'
import { ApiError } from '../api/fetch-json.ts'
import { useMay, useSession } from '../shell/session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/states.tsx'
import { usePromote, useRollback } from './requests.ts'

/** Moves an alias. The reason is required and kept; a refusal keeps what was typed. */
export function PromoteDialog({
  action,
  model,
  version,
  onClose,
}: {
  readonly action: 'promote' | 'rollback'
  readonly model: ModelDetail
  readonly version: ModelVersion
  readonly onClose: () => void
}) {
  const id = useId()
  const [alias, setAlias] = useState('champion')
  const [why, setWhy] = useState('')
  const [force, setForce] = useState(false)
  const promote = usePromote(model.name)
  const rollback = useRollback(model.name)
  const change = action === 'promote' ? promote : rollback
  const { data: session } = useSession()
  const isRefused = !useMay(alias === 'champion' ? 'promote_models' : 'register_models')
  const present = model.aliases[alias]
  const breaks = promote.error instanceof ApiError && promote.error.problem.kind === 'conflict'
  const send = (): void => {
    if (action === 'promote') promote.mutate({ alias, version: version.version, why, force }, { onSuccess: onClose })
    else rollback.mutate({ alias, why }, { onSuccess: onClose })
  }
  const title = action === 'promote' ? `Promote ${model.name}@${version.version}` : `Roll back ${model.name}`
  return (
    <Dialog label={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (why.trim() !== '' && !isRefused) send()
        }}
      >
        <div className="dialog-body">
          <h2>{title}</h2>
          {isRefused ? (
            <p className="notice warn" role="alert">
              Your role is {session?.role?.replace('_', ' ') ?? 'none'}, which may not do this. Somebody with the role
              admin can grant another: <code>baton users grant {session?.user} --role engineer</code>
            </p>
          ) : null}
          <div className="field">
            <label htmlFor={`${id}-alias`}>Alias</label>
            <input
              id={`${id}-alias`}
              className="input"
              list={`${id}-aliases`}
              required
              pattern="[a-z][a-z0-9_\-]*"
              value={alias}
              onChange={(event) => setAlias(event.target.value)}
            />
            <datalist id={`${id}-aliases`}>
              {[...new Set(['champion', 'challenger', ...Object.keys(model.aliases)])].map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <span className="help">
              {present === undefined
                ? `No version is ${alias} yet.`
                : action === 'rollback'
                  ? `${alias} is @${present} now and goes back to the version before.`
                  : present === version.version
                    ? `${alias} is @${present} already.`
                    : `${alias} is @${present} now and becomes @${version.version}.`}
            </span>
          </div>
          <div className="field">
            <label htmlFor={`${id}-why`}>Why</label>
            <textarea
              id={`${id}-why`}
              className="textarea"
              rows={3}
              required
              data-focus
              placeholder={
                action === 'promote'
                  ? 'Beats the champion by 0.02 ROC AUC on May, agreed with marketing'
                  : 'Alarms since Monday: scores drifted in DE'
              }
              value={why}
              onChange={(event) => setWhy(event.target.value)}
            />
            <span className="help">Kept with your name in the history of the alias.</span>
          </div>
          {change.error === null ? null : <Problem error={change.error} />}
          {breaks || force ? (
            <label className="check">
              <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
              Promote although callers of the present version would break
            </label>
          ) : null}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Leave it
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={why.trim() === '' || change.isPending || isRefused}
          >
            {action === 'promote' ? 'Promote' : 'Roll back'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
