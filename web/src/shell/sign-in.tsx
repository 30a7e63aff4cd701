import { useId, useState } from 'react'

import { PageHead } from '../ui/page.tsx'
import { Problem } from '../ui/states.tsx'
import { useSignIn } from './session.ts'

/** Asks who somebody is; what was typed stays when it was wrong. */
export function SignIn() {
  const id = useId()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useSignIn()
  return (
    <div className="page scrolls">
      <PageHead question="Who are you?" />
      <form
        className="page-body stack"
        style={{ maxWidth: 380, gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate({ user, password })
        }}
      >
        <div className="field">
          <label htmlFor={`${id}-user`}>Name</label>
          <input
            id={`${id}-user`}
            className="input"
            autoComplete="username"
            autoFocus
            required
            value={user}
            onChange={(event) => setUser(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-password`}>Password or token</label>
          <input
            id={`${id}-password`}
            className="input"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        {signIn.error === null ? null : <Problem error={signIn.error} />}
        <div>
          <button type="submit" className="button primary" disabled={signIn.isPending}>
            Sign in
          </button>
        </div>
      </form>
    </div>
  )
}
