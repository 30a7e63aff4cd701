import { useEffect, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

import type { RunKeys } from '../../../src/http/native/contract/run.ts'
import { useShortcuts } from '../ui/shortcuts.ts'
import { complete, type Completion } from './complete-filter.ts'

/** A box for a filter in MLflow's grammar. It completes names; what is typed is applied when it rests, or by Enter. */
export function FilterBox({
  value,
  keys,
  error,
  onChange,
}: {
  readonly value: string
  readonly keys: RunKeys | undefined
  readonly error: string | undefined
  readonly onChange: (filter: string) => void
}) {
  const [text, setText] = useState(value)
  const [caret, setCaret] = useState<number | undefined>()
  const [at, setAt] = useState(0)
  const ref = useRef<HTMLInputElement>(null)
  const id = useId()
  const applied = useRef(value)
  useShortcuts({ '/': () => ref.current?.focus() })
  useEffect(() => {
    // The address changed by itself: back, a view, a link.
    if (value !== applied.current) setText(value)
    applied.current = value
  }, [value])
  const apply = (filter: string): void => {
    applied.current = filter
    if (filter !== value) onChange(filter)
  }
  useEffect(() => {
    if (text === applied.current) return undefined
    const timer = window.setTimeout(() => apply(text.trim()), 600)
    return () => window.clearTimeout(timer)
  })
  const offers: readonly Completion[] = caret === undefined || keys === undefined ? [] : complete(text, caret, keys)
  const chosen = Math.min(at, offers.length - 1)
  const take = (offer: Completion | undefined): void => {
    if (offer === undefined) return
    const next = text.slice(0, offer.from) + offer.insert + text.slice(offer.to)
    const place = offer.from + offer.insert.length
    // At once: the next key may come before the next frame.
    flushSync(() => {
      setText(next)
      setAt(0)
      setCaret(place)
    })
    ref.current?.setSelectionRange(place, place)
  }
  return (
    <div className="filter">
      <input
        ref={ref}
        className="input"
        type="text"
        role="combobox"
        aria-label="Filter"
        aria-expanded={offers.length > 0}
        aria-controls={id}
        aria-activedescendant={offers.length > 0 ? `${id}-${chosen}` : undefined}
        aria-invalid={error !== undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="metrics.rocAuc > 0.7 and params.learner = 'prophet'"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setCaret(event.target.selectionStart ?? undefined)
          setAt(0)
        }}
        onBlur={() => {
          setCaret(undefined)
          apply(text.trim())
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && offers.length > 0) setAt((chosen + 1) % offers.length)
          else if (event.key === 'ArrowUp' && offers.length > 0) setAt((chosen - 1 + offers.length) % offers.length)
          else if (event.key === 'Tab' && offers.length > 0 && !event.shiftKey) take(offers[chosen])
          else if (event.key === 'Enter') {
            if (offers.length > 0 && at > 0) take(offers[chosen])
            else {
              setCaret(undefined)
              apply(text.trim())
            }
          } else if (event.key === 'Escape') {
            if (offers.length > 0) setCaret(undefined)
            else ref.current?.blur()
          } else return
          event.preventDefault()
        }}
      />
      {caret === undefined && text === '' ? <kbd className="slash">/</kbd> : null}
      {offers.length > 0 ? (
        <ul id={id} role="listbox" aria-label="Names">
          {offers.map((offer, index) => (
            <li
              key={offer.insert}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              onPointerDown={(event) => {
                event.preventDefault()
                take(offer)
              }}
            >
              {offer.label}
              <span className="faint">{offer.kind}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
