import type { ComponentChildren } from 'preact'
import { addressOf, usePage } from './navigation.js'
import type { PageAddress } from './page-address.js'

interface Props {
  readonly to: Partial<PageAddress>
  readonly class?: string
  readonly 'aria-current'?: 'page' | 'true' | undefined
  readonly children: ComponentChildren
}

/** A link within the page; with a key held, the browser opens it elsewhere. */
export function GoLink({ to, ...rest }: Props) {
  const { place, go } = usePage()
  return (
    <a
      {...rest}
      href={addressOf(place, to)}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        go(to)
      }}
    />
  )
}
