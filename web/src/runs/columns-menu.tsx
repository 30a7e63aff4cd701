import { useState } from 'react'

import type { RunKeys } from '../../../src/http/native/contract/run.ts'
import { Menu } from '../ui/menu.tsx'
import { columnKey, columnName } from './columns.ts'

/** Chooses the columns of the table of runs. */
export function ColumnsMenu({
  keys,
  columns,
  onChange,
}: {
  readonly keys: RunKeys | undefined
  readonly columns: readonly string[]
  readonly onChange: (columns: readonly string[] | undefined) => void
}) {
  const [text, setText] = useState('')
  const wanted = text.toLowerCase()
  return (
    <Menu label={`Columns ${columns.length}`}>
      {() => (
        <>
          <input
            className="input"
            aria-label="Name of a column"
            placeholder="Metric, param or tag…"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {(['metrics', 'params', 'tags'] as const).map((entity) => {
            const names = (keys?.[entity] ?? []).filter((key) => key.toLowerCase().includes(wanted)).slice(0, 60)
            return names.length === 0 ? null : (
              <fieldset key={entity} style={{ border: 0, margin: 0, padding: 0 }}>
                <legend className="visually-hidden">{entity}</legend>
                <h3 aria-hidden="true">{entity}</h3>
                {names.map((key) => {
                  const column = columnName(entity, key)
                  const isShown = columns.includes(column)
                  return (
                    <label key={key}>
                      <input
                        type="checkbox"
                        checked={isShown}
                        onChange={() =>
                          onChange(isShown ? columns.filter((each) => each !== column) : [...columns, column])
                        }
                      />
                      <span className="clip">{columnKey(column)}</span>
                    </label>
                  )
                })}
              </fieldset>
            )
          })}
          <button type="button" className="item muted" onClick={() => onChange(undefined)}>
            As they were
          </button>
        </>
      )}
    </Menu>
  )
}
