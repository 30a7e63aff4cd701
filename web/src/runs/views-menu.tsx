import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'

import { Menu } from '../ui/menu.tsx'
import { useStored } from '../ui/use-stored.ts'

interface View {
  readonly name: string
  readonly search: string
}

/** Names for addresses: a view is the filter, order, columns and groups that the address says, and can be sent as it is. */
export function ViewsMenu() {
  const [views, setViews] = useStored<readonly View[]>('views', [])
  const [name, setName] = useState('')
  const [isCopied, setCopied] = useState(false)
  const router = useRouter()
  return (
    <Menu label="Views">
      {(close) => (
        <>
          {views.map((view) => (
            <div key={view.name} className="row">
              <button
                type="button"
                className="item grow"
                onClick={() => {
                  close()
                  router.history.push(`/runs${view.search}`)
                }}
              >
                {view.name}
              </button>
              <button
                type="button"
                className="button quiet"
                aria-label={`Forget ${view.name}`}
                onClick={() => setViews(views.filter((each) => each !== view))}
              >
                ×
              </button>
            </div>
          ))}
          {views.length === 0 ? (
            <p className="muted">A view keeps filter, order, columns and groups under a name, in this browser.</p>
          ) : null}
          <form
            className="row"
            style={{ padding: '6px 0' }}
            onSubmit={(event) => {
              event.preventDefault()
              if (name.trim() === '') return
              setViews([
                ...views.filter((view) => view.name !== name.trim()),
                { name: name.trim(), search: location.search },
              ])
              setName('')
            }}
          >
            <input
              className="input"
              aria-label="Name of the view"
              placeholder="Name for what is shown"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button type="submit" className="button">
              Keep
            </button>
          </form>
          <button
            type="button"
            className="item"
            onClick={() => {
              void navigator.clipboard?.writeText(location.href).then(() => setCopied(true))
            }}
          >
            {isCopied ? 'The address is copied' : 'Copy the address for a colleague'}
          </button>
        </>
      )}
    </Menu>
  )
}
