import { type ReactNode, useEffect, useRef } from 'react'

/** A modal window of the browser's own: it keeps the focus, closes with Escape, and gives the focus back. */
export function Dialog({
  label,
  onClose,
  className,
  children,
}: {
  readonly label: string
  readonly onClose: () => void
  readonly className?: string
  readonly children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog === null || dialog.open) return
    dialog.showModal()
    // React focuses before the window is modal, and the browser then takes the first field instead.
    dialog.querySelector<HTMLElement>('[data-focus]')?.focus()
  }, [])
  return (
    <dialog
      ref={ref}
      aria-label={label}
      className={className}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) ref.current?.close()
      }}
    >
      {children}
    </dialog>
  )
}
