import { useState } from 'preact/hooks'

/** A command with a copy button; where a browser forbids copying, the text can be selected. */
export function Copy({ label, text }: { readonly label: string; readonly text: string }) {
  const [state, setState] = useState('Copy')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setState('Copied')
    } catch {
      setState('Select it by hand')
    }
  }
  return (
    <div class="copy">
      <span class="copy-label">{label}</span>
      <code>{text}</code>
      <button class="button" onClick={() => void copy()}>
        <span role="status">{state}</span>
      </button>
    </div>
  )
}
