import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'

import type { SearchHit } from '../../../src/http/native/contract/search.ts'
import { getJson } from '../api/fetch-json.ts'
import { Dialog } from '../ui/dialog.tsx'

interface Choice {
  readonly kind: string
  readonly title: string
  readonly detail: string
  readonly path: string
}

const pages: readonly Choice[] = [
  ['Runs', 'which run was best, and why', '/runs'],
  ['Pipelines', 'what ran, and what broke', '/pipelines'],
  ['Datasets', 'what changed in the data', '/datasets'],
  ['Models', 'which model is good enough to ship', '/models'],
  ['Lineage', 'what was made from what', '/lineage'],
].map(([title, detail, path]) => ({ kind: 'page', title: title!, detail: detail!, path: path! }))

/** Finds anything by its name; pages are matched here, the rest by the server. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const navigate = useNavigate()
  const asked = useDeferredValue(text.trim())
  const { data, isFetching, error } = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => getJson<{ hits: SearchHit[] }>('/search', { q: asked }, signal),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  })
  const matching = pages.filter(({ title }) => title.toLowerCase().includes(text.trim().toLowerCase()))
  const choices: readonly Choice[] = [...(asked === '' ? [] : (data?.hits ?? [])), ...matching]
  const chosen = Math.min(at, choices.length - 1)
  const go = (choice: Choice | undefined): void => {
    if (choice === undefined) return
    onClose()
    void navigate({ href: choice.path })
  }
  return (
    <Dialog label="Find anything" className="palette" onClose={onClose}>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={choices.length > 0 ? `palette-${chosen}` : undefined}
        aria-label="Name of a run, dataset, model or page"
        placeholder="Run, dataset, model, page…"
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt((chosen + 1) % Math.max(1, choices.length))
          else if (event.key === 'ArrowUp') setAt((chosen - 1 + choices.length) % Math.max(1, choices.length))
          else if (event.key === 'Enter') go(choices[chosen])
          else return
          event.preventDefault()
        }}
      />
      <ul id="palette-list" role="listbox" aria-label="Found">
        {choices.map((choice, index) => (
          <li
            key={`${choice.kind} ${choice.path}`}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            onPointerMove={() => setAt(index)}
            onClick={() => go(choice)}
          >
            <span className="kind">{choice.kind}</span>
            <span className="clip">{choice.title}</span>
            <span className="detail clip">{choice.detail}</span>
          </li>
        ))}
      </ul>
      {choices.length === 0 ? (
        <p className="muted" style={{ padding: '0 18px 16px' }} role="status">
          {error !== null
            ? error.message
            : isFetching
              ? 'Looking…'
              : `Nothing is called “${text}”. A run is also found by 6 characters of its id.`}
        </p>
      ) : null}
    </Dialog>
  )
}
